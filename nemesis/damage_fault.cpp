#include "nemesis/damage_fault.h"

#include "nemesis/links.h"

namespace capsize::nemesis {
namespace {

using base::Json;

bool takes_part(const Strike& strike) {
  return strike.params["rejoin"].get<bool>();
}

void isolate(const Strike& strike, Cluster& cluster) {
  if (takes_part(strike)) return;
  const Strike everything{.nodes = strike.nodes, .params = {{"direction", "both"}}};
  cluster.install_rule(strike.id, touching(everything, cluster.view().nodes.size()),
                       {{"kind", "cut"}}, Json::object());
  cluster.cut_clients(strike.nodes);
}

void let_in(const Strike& strike, Cluster& cluster) {
  if (takes_part(strike)) return;
  cluster.remove_rule(strike.id);
  cluster.rejoin_clients(strike.nodes);
}

/// How each damaged node came up: it refused with an exit code, or says who it is now.
Act look(const std::vector<Node>& nodes, Cluster& cluster) {
  Act act = cluster.endings(nodes);
  for (const Node node : nodes) {
    Json& found = act.evidence[node_name(node)];
    if (found.contains("exit-code")) {
      found["start"] = "refused";
      continue;
    }
    const Act asked = cluster.control({node}, {{"op", "status"}});
    found["start"] = asked.done ? "up" : "unknown";
    if (!asked.done) continue;
    for (const char* field : {"last", "term", "snapshot", "role"}) {
      found[field] = asked.evidence[node_name(node)].value(field, Json());
    }
  }
  return act;
}

std::vector<Node> those_who(const std::vector<Node>& nodes, const Json& found, bool refused) {
  std::vector<Node> list;
  for (const Node node : nodes) {
    if ((found[node_name(node)]["start"] == "refused") == refused) list.push_back(node);
  }
  return list;
}

}  // namespace

Declared DamageFault::parameters() const {
  Declared declared = damage_parameters();
  declared.push_back({.name = "rejoin",
                      .type = Parameter::Type::kFlag,
                      .otherwise = false,
                      .summary = "unsafe: the damaged node takes part"});
  return declared;
}

Act DamageFault::begin(const Strike& strike, Cluster& cluster) const {
  if (cluster.view().core().size() < 2 && !takes_part(strike)) {
    return {.done = false, .reason = "a node without peers cannot be isolated from them"};
  }
  if (Act ready = prepare(strike, cluster); !ready.done) return ready;
  isolate(strike, cluster);
  Act act = cluster.kill(strike.nodes);
  for (const Node node : strike.nodes) {
    const Act damaged = cluster.damage(node, damage(strike.params));
    act.evidence[node_name(node)]["damage"] = damaged.evidence;
    if (damaged.done) continue;
    act.done = false;
    act.reason = damaged.reason;
  }
  if (!act.done) {
    cluster.repair(strike.nodes);
    cluster.restart(strike.nodes);
    let_in(strike, cluster);
    return act;
  }
  cluster.launch(strike.nodes);
  cluster.expect_end(strike.nodes, exit_codes());
  return act;
}

Act DamageFault::end(const Strike& strike, Cluster& cluster) const {
  Act act = look(strike.nodes, cluster);
  const auto up = those_who(strike.nodes, act.evidence, /*refused=*/false);
  // Whoever takes part has shown its log to others: it keeps it.
  const auto repaired =
      takes_part(strike) ? those_who(strike.nodes, act.evidence, /*refused=*/true) : strike.nodes;
  if (takes_part(strike)) {
    cluster.expect_end(up, {});
  } else if (!up.empty()) {
    cluster.kill(up);
  }
  Act again{.done = true};
  if (!repaired.empty()) {
    again = cluster.repair(repaired);
    if (again.done) again = cluster.restart(repaired);
  }
  let_in(strike, cluster);
  for (const auto& [node, life] : again.evidence.items()) {
    if (life.contains("incarnation")) act.evidence[node]["repaired"] = life["incarnation"];
  }
  act.done = again.done;
  act.reason = again.reason;
  return act;
}

bool DamageFault::proven(const Json& evidence) const {
  const auto& end = evidence["end"];
  for (const auto& [node, life] : evidence["begin"].items()) {
    if (life.value("signal", 0) != 9) return false;
    if (life["damage"].value("bytes", 0) == 0) return false;
    if (!end.contains(node)) return false;
    const auto start = end[node].value("start", "");
    if (start != "refused" && start != "up") return false;
    if (start == "refused" && end[node].value("exit-code", 0) != exit_codes().front()) return false;
  }
  return !evidence["begin"].empty();
}

}  // namespace capsize::nemesis

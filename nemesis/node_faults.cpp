#include "nemesis/node_faults.h"

#include <algorithm>

#include "nemesis/control_faults.h"
#include "nemesis/link_faults.h"

namespace capsize::nemesis {

using base::Json;

base::Duration RestartsFault::period(const Json& params) const {
  return std::max<base::Duration>(std::chrono::milliseconds(1), duration_of(params, "period"));
}

Act RestartsFault::end_and_start(const std::vector<Node>& nodes, Cluster& cluster) const {
  if (nodes.empty()) return {.done = true};
  const Act ended = signal_ == 9 ? cluster.kill(nodes) : cluster.stop(nodes);
  Act started = cluster.restart(nodes);
  started.evidence = {{"ended", ended.evidence}, {"started", started.evidence}};
  started.effect = ended.effect;
  return started;
}

Act RestartsFault::begin(const Strike& strike, Cluster& cluster) const {
  // Done also if a node did not come up: the end looks after it.
  Act act = end_and_start(turn(strike, 0), cluster);
  act.done = true;
  return act;
}

Act RestartsFault::pulse(const Strike& strike, Cluster& cluster, std::uint64_t count) const {
  return end_and_start(turn(strike, count + 1), cluster);
}

Act RestartsFault::end(const Strike& strike, Cluster& cluster) const {
  const ClusterView view = cluster.view();
  std::vector<Node> down;
  for (const Node node : strike.nodes) {
    if (!view.nodes[node].running) down.push_back(node);
  }
  return down.empty() ? Act{.done = true} : cluster.restart(down);
}

bool RestartsFault::proven(const Json& evidence) const {
  Json all = evidence["begin"];
  if (evidence.contains("pulse")) all.merge_patch(evidence["pulse"]);
  return all.contains("ended") && all.contains("started") && !all.contains("failed") &&
         lived_again(all["ended"], all["started"], signal_);
}

namespace {

// Under load every member of a cluster that serves is sent something far sooner; of one that just
// lost its leader, or sits on a busy disk, not.
constexpr base::Duration kHeldBound = std::chrono::milliseconds(1000);

}  // namespace

Act CrashFault::begin(const Strike& strike, Cluster& cluster) const {
  // Held first, stalled then: a sync that began before stalls with nothing held, and nothing is
  // appended behind it.
  Act stalled = cluster.control(strike.nodes, {{"op", "disk"}, {"hold-unsynced", true}});
  if (stalled.done) stalled = cluster.control(strike.nodes, {{"op", "disk"}, {"stall", true}});
  if (!stalled.done) {
    return take_back(cluster, strike.nodes, stalled,
                     {{"op", "disk"}, {"hold-unsynced", false}, {"stall", false}});
  }
  // Who holds nothing by then dies all the same; the evidence tells.
  cluster.control_until(
      strike.nodes, {{"op", "status"}},
      [](Node, const Json& status) { return status.value("bytes-held", 0) > 0; }, kHeldBound);
  return cluster.crash(strike.nodes, keep(strike.params));
}

Act CrashFault::end(const Strike& strike, Cluster& cluster) const {
  return cluster.restart(strike.nodes);
}

bool CrashFault::proven(const Json& evidence) const {
  bool any = false;
  for (const auto& [node, death] : evidence["begin"].items()) {
    any =
        any || bit(death.value("held", std::uint64_t{0}), death.value("written", std::uint64_t{0}));
  }
  return any && lived_again(evidence["begin"], evidence["end"], 9);
}

namespace {

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

std::optional<Node> spare_of(const ClusterView& view) {
  for (Node node = 0; node < view.nodes.size(); ++node) {
    const NodeView& state = view.nodes[node];
    if (state.spare && state.running && !state.paused) return node;
  }
  return std::nullopt;
}

Act MembersFault::begin(const Strike& strike, Cluster& cluster) const {
  const ClusterView view = cluster.view();
  if (view.members != view.core()) {
    return {.done = false, .reason = "another change of members was in force"};
  }
  auto members = wanted(strike.nodes, view);
  if (const auto* why = std::get_if<std::string_view>(&members)) {
    return {.done = false, .reason = std::string(*why)};
  }
  auto& list = std::get<std::vector<Node>>(members);
  std::sort(list.begin(), list.end());
  return cluster.change_members(list);
}

Act MembersFault::end(const Strike&, Cluster& cluster) const {
  return cluster.change_members(cluster.view().core());
}

bool MembersFault::proven(const base::Json& evidence) const {
  const auto& begin = evidence["begin"];
  const auto& end = evidence["end"];
  return begin.contains("voters") && end.contains("voters") && begin["voters"] != end["voters"];
}

bool lived_again(const base::Json& begin, const base::Json& end, int signal) {
  for (const auto& [node, life] : begin.items()) {
    if (life.value("signal", -1) != signal) return false;
    if (signal == 0 && life.value("exit-code", -1) != 0) return false;
    if (!end.contains(node)) return false;
    if (end[node].value("incarnation", 0) <= life.value("incarnation", 0)) return false;
  }
  return !begin.empty();
}

}  // namespace capsize::nemesis

#include "nemesis/faults/families/node_faults.h"

#include <algorithm>

#include "nemesis/faults/families/control_faults.h"
#include "nemesis/faults/families/link_faults.h"

namespace capsize::nemesis {

using base::Json;

base::Duration RestartsFault::period(const Json& params) const {
  return std::max<base::Duration>(std::chrono::milliseconds(1), duration_of(params, "period"));
}

ActionResult RestartsFault::end_and_start(const std::vector<Node>& nodes, Cluster& cluster) const {
  if (nodes.empty()) return {.done = true};
  const ActionResult ended = signal_ == 9 ? cluster.kill(nodes) : cluster.stop(nodes);
  ActionResult started = cluster.restart(nodes);
  started.evidence = {{"ended", ended.evidence}, {"started", started.evidence}};
  started.effect = ended.effect;
  return started;
}

ActionResult RestartsFault::begin(const Injection& injection, Cluster& cluster) const {
  // Done also if a node did not come up: the end looks after it.
  ActionResult act = end_and_start(turn(injection, 0), cluster);
  act.done = true;
  return act;
}

ActionResult RestartsFault::pulse(const Injection& injection, Cluster& cluster,
                                  std::uint64_t count) const {
  return end_and_start(turn(injection, count + 1), cluster);
}

ActionResult RestartsFault::end(const Injection& injection, Cluster& cluster) const {
  const ClusterView view = cluster.view();
  std::vector<Node> down;
  for (const Node node : injection.nodes) {
    if (!view.nodes[node].running) down.push_back(node);
  }
  return down.empty() ? ActionResult{.done = true} : cluster.restart(down);
}

bool RestartsFault::proven(const Json& evidence) const {
  Json all = evidence["begin"];
  if (evidence.contains("pulse")) all.merge_patch(evidence["pulse"]);
  return all.contains("ended") && all.contains("started") && !all.contains("failed") &&
         restarted(all["ended"], all["started"], signal_);
}

namespace {

// Under load every member of a cluster that serves is sent something far sooner; of one that just
// lost its leader, or sits on a busy disk, not.
constexpr base::Duration kHeldBound = std::chrono::milliseconds(1000);

}  // namespace

ActionResult CrashFault::begin(const Injection& injection, Cluster& cluster) const {
  // Held first, stalled then: a sync that began before stalls with nothing held, and nothing is
  // appended behind it.
  ActionResult stalled =
      cluster.control(injection.nodes, {{"op", "disk"}, {"hold-unsynced", true}});
  if (stalled.done) stalled = cluster.control(injection.nodes, {{"op", "disk"}, {"stall", true}});
  if (!stalled.done) {
    return undo(cluster, injection.nodes, stalled,
                {{"op", "disk"}, {"hold-unsynced", false}, {"stall", false}});
  }
  // Who holds nothing by then dies all the same; the evidence tells.
  cluster.control_until(
      injection.nodes, {{"op", "status"}},
      [](Node, const Json& status) { return status.value("bytes-held", 0) > 0; }, kHeldBound);
  return cluster.crash(injection.nodes, keep(injection.params));
}

ActionResult CrashFault::end(const Injection& injection, Cluster& cluster) const {
  return cluster.restart(injection.nodes);
}

bool CrashFault::proven(const Json& evidence) const {
  bool any = false;
  for (const auto& [node, death] : evidence["begin"].items()) {
    any =
        any || bit(death.value("held", std::uint64_t{0}), death.value("written", std::uint64_t{0}));
  }
  return any && restarted(evidence["begin"], evidence["end"], 9);
}

namespace {

bool takes_part(const Injection& injection) {
  return injection.params["rejoin"].get<bool>();
}

void isolate(const Injection& injection, Cluster& cluster) {
  if (takes_part(injection)) return;
  const Injection everything{.nodes = injection.nodes, .params = {{"direction", "both"}}};
  cluster.install_rule(injection.id, touching(everything, cluster.view().nodes.size()),
                       {{"kind", "cut"}}, Json::object());
  cluster.cut_clients(injection.nodes);
}

void let_in(const Injection& injection, Cluster& cluster) {
  if (takes_part(injection)) return;
  cluster.remove_rule(injection.id);
  cluster.rejoin_clients(injection.nodes);
}

/// How each damaged node came up: it refused with an exit code, or says who it is now.
ActionResult look(const std::vector<Node>& nodes, Cluster& cluster) {
  ActionResult act = cluster.endings(nodes);
  for (const Node node : nodes) {
    Json& found = act.evidence[node_name(node)];
    if (found.contains("exit-code")) {
      found["start"] = "refused";
      continue;
    }
    const ActionResult asked = cluster.control({node}, {{"op", "status"}});
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

ActionResult DamageFault::begin(const Injection& injection, Cluster& cluster) const {
  if (cluster.view().core().size() < 2 && !takes_part(injection)) {
    return {.done = false, .reason = "a node without peers cannot be isolated from them"};
  }
  if (ActionResult ready = prepare(injection, cluster); !ready.done) return ready;
  isolate(injection, cluster);
  ActionResult act = cluster.kill(injection.nodes);
  for (const Node node : injection.nodes) {
    const ActionResult damaged = cluster.damage(node, damage(injection.params));
    act.evidence[node_name(node)]["damage"] = damaged.evidence;
    if (damaged.done) continue;
    act.done = false;
    act.reason = damaged.reason;
  }
  if (!act.done) {
    cluster.repair(injection.nodes);
    cluster.restart(injection.nodes);
    let_in(injection, cluster);
    return act;
  }
  cluster.launch(injection.nodes);
  cluster.expect_end(injection.nodes, exit_codes());
  return act;
}

ActionResult DamageFault::end(const Injection& injection, Cluster& cluster) const {
  ActionResult act = look(injection.nodes, cluster);
  const auto up = those_who(injection.nodes, act.evidence, /*refused=*/false);
  // Whoever takes part has shown its log to others: it keeps it.
  const auto repaired = takes_part(injection)
                            ? those_who(injection.nodes, act.evidence, /*refused=*/true)
                            : injection.nodes;
  if (takes_part(injection)) {
    cluster.expect_end(up, {});
  } else if (!up.empty()) {
    cluster.kill(up);
  }
  ActionResult again{.done = true};
  if (!repaired.empty()) {
    again = cluster.repair(repaired);
    if (again.done) again = cluster.restart(repaired);
  }
  let_in(injection, cluster);
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

ActionResult MembersFault::begin(const Injection& injection, Cluster& cluster) const {
  const ClusterView view = cluster.view();
  if (view.members != view.core()) {
    return {.done = false, .reason = "another change of members was in force"};
  }
  auto members = wanted(injection.nodes, view);
  if (const auto* why = std::get_if<std::string_view>(&members)) {
    return {.done = false, .reason = std::string(*why)};
  }
  auto& list = std::get<std::vector<Node>>(members);
  std::sort(list.begin(), list.end());
  return cluster.change_members(list);
}

ActionResult MembersFault::end(const Injection&, Cluster& cluster) const {
  return cluster.change_members(cluster.view().core());
}

bool MembersFault::proven(const base::Json& evidence) const {
  const auto& begin = evidence["begin"];
  const auto& end = evidence["end"];
  return begin.contains("voters") && end.contains("voters") && begin["voters"] != end["voters"];
}

bool restarted(const base::Json& begin, const base::Json& end, int signal) {
  for (const auto& [node, life] : begin.items()) {
    if (life.value("signal", -1) != signal) return false;
    if (signal == 0 && life.value("exit-code", -1) != 0) return false;
    if (!end.contains(node)) return false;
    if (end[node].value("incarnation", 0) <= life.value("incarnation", 0)) return false;
  }
  return !begin.empty();
}

}  // namespace capsize::nemesis

#include "nemesis/faults/families/node_faults.h"

#include <algorithm>

#include "nemesis/faults/families/control_faults.h"
#include "nemesis/faults/families/link_faults.h"

namespace capsize::nemesis {

using base::Json;

base::Duration RestartsFault::period(const Json& params) const {
  return std::max<base::Duration>(std::chrono::milliseconds(1), duration_of(params, "period"));
}

ActionResult RestartsFault::restart_nodes(const std::vector<Node>& nodes, Cluster& cluster) const {
  if (nodes.empty()) return {.done = true};
  const ActionResult ended = signal_ == 9 ? cluster.kill(nodes) : cluster.stop(nodes);
  ActionResult started = cluster.restart(nodes);
  started.evidence = {{"ended", ended.evidence}, {"started", started.evidence}};
  started.effect = ended.effect;
  return started;
}

ActionResult RestartsFault::begin(const Injection& injection, Cluster& cluster) const {
  // Done even if a node did not restart: end() restarts it.
  ActionResult result = restart_nodes(nodes_of_turn(injection, 0), cluster);
  result.done = true;
  return result;
}

ActionResult RestartsFault::pulse(const Injection& injection, Cluster& cluster,
                                  std::uint64_t count) const {
  return restart_nodes(nodes_of_turn(injection, count + 1), cluster);
}

ActionResult RestartsFault::end(const Injection& injection, Cluster& cluster) const {
  const ClusterView view = cluster.view();
  std::vector<Node> down;
  for (const Node node : injection.nodes) {
    if (!view.nodes[node].running) down.push_back(node);
  }
  return down.empty() ? ActionResult{.done = true} : cluster.restart(down);
}

bool RestartsFault::is_proven(const Json& evidence) const {
  Json all = evidence["begin"];
  if (evidence.contains("pulse")) all.merge_patch(evidence["pulse"]);
  return all.contains("ended") && all.contains("started") && !all.contains("failed") &&
         shows_restarts(all["ended"], all["started"], signal_);
}

namespace {

// How long to wait for bytes that the disks hold back. In a cluster under load every member writes
// within a few milliseconds; without a leader, or on a busy disk, it may take longer.
constexpr base::Duration kHeldTimeout = std::chrono::milliseconds(1000);

/// Waits for as long as this parameter says.
void wait(const Injection& injection, Cluster& cluster, const char* parameter) {
  cluster.control_until(
      {injection.nodes.front()}, {{"op", "status"}}, [](Node, const Json&) { return false; },
      duration_of(injection.params, parameter));
}

}  // namespace

Declared CrashFault::parameters() const {
  return {{.name = "held-for",
           .type = Parameter::Type::kDuration,
           .default_value = "0s",
           .summary = "how long unsynced bytes are held back before the disks stall"},
          {.name = "stall",
           .type = Parameter::Type::kDuration,
           .default_value = "0s",
           .summary = "how long the disks stall before the crash, at least"}};
}

ActionResult CrashFault::begin(const Injection& injection, Cluster& cluster) const {
  // Hold first, then stall. In the other order, a sync that starts in between would stall with
  // nothing held back, the node would append nothing more until it returns, and the crash would
  // lose nothing.
  ActionResult stalled =
      cluster.control(injection.nodes, {{"op", "disk"}, {"hold-unsynced", true}});
  if (stalled.done) wait(injection, cluster, "held-for");
  if (stalled.done) stalled = cluster.control(injection.nodes, {{"op", "disk"}, {"stall", true}});
  if (!stalled.done) {
    return undo_request(cluster, injection.nodes, stalled,
                        {{"op", "disk"}, {"hold-unsynced", false}, {"stall", false}});
  }
  // A node that holds nothing back by then crashes too; its evidence shows that it lost nothing.
  cluster.control_until(
      injection.nodes, {{"op", "status"}},
      [](Node, const Json& status) { return status.value("bytes-held", 0) > 0; }, kHeldTimeout);
  wait(injection, cluster, "stall");
  return cluster.crash(injection.nodes, kept_share(injection.params));
}

ActionResult CrashFault::end(const Injection& injection, Cluster& cluster) const {
  return cluster.restart(injection.nodes);
}

bool CrashFault::is_proven(const Json& evidence) const {
  bool any = false;
  for (const auto& [node, crash] : evidence["begin"].items()) {
    any = any || is_expected_loss(crash.value("held", std::uint64_t{0}),
                                  crash.value("written", std::uint64_t{0}));
  }
  return any && shows_restarts(evidence["begin"], evidence["end"], 9);
}

namespace {

bool rejoins(const Injection& injection) {
  return injection.params["rejoin"].get<bool>();
}

void isolate(const Injection& injection, Cluster& cluster) {
  if (rejoins(injection)) return;
  const Injection everything{.nodes = injection.nodes, .params = {{"direction", "both"}}};
  cluster.install_rule(injection.id, incident_links(everything, cluster.view().nodes.size()),
                       {{"kind", "cut"}}, Json::object());
  cluster.cut_clients(injection.nodes);
}

void reconnect(const Injection& injection, Cluster& cluster) {
  if (rejoins(injection)) return;
  cluster.remove_rule(injection.id);
  cluster.rejoin_clients(injection.nodes);
}

/// How often a node is asked that neither serves nor has exited: on a busy machine a start takes
/// seconds, and a node that is taken for running before it refuses its log would count as crashed.
constexpr int kStartAttempts = 10;

/// Refused with an exit code, or running with this state; "unknown" if it is neither by now.
Json inspect_start(Node node, Cluster& cluster) {
  for (int attempt = 0; attempt < kStartAttempts; ++attempt) {
    Json start = cluster.endings({node}).evidence.value(node_name(node), Json::object());
    if (start.contains("exit-code")) {
      start["start"] = "refused";
      return start;
    }
    const ActionResult status = cluster.control({node}, {{"op", "status"}});
    if (!status.done) continue;
    start["start"] = "up";
    for (const char* field : {"last", "term", "snapshot", "role"}) {
      start[field] = status.evidence[node_name(node)].value(field, Json());
    }
    return start;
  }
  return {{"start", "unknown"}};
}

/// Reports how each damaged node started.
ActionResult inspect_starts(const std::vector<Node>& nodes, Cluster& cluster) {
  ActionResult result{.done = true};
  for (const Node node : nodes) result.evidence[node_name(node)] = inspect_start(node, cluster);
  return result;
}

std::vector<Node> select_by_start(const std::vector<Node>& nodes, const Json& start, bool refused) {
  std::vector<Node> list;
  for (const Node node : nodes) {
    if ((start[node_name(node)]["start"] == "refused") == refused) list.push_back(node);
  }
  return list;
}

}  // namespace

Declared DamageFault::parameters() const {
  Declared declared = damage_parameters();
  declared.push_back({.name = "rejoin",
                      .type = Parameter::Type::kFlag,
                      .default_value = false,
                      .summary = "unsafe: the damaged node takes part"});
  return declared;
}

ActionResult DamageFault::begin(const Injection& injection, Cluster& cluster) const {
  if (cluster.view().core().size() < 2 && !rejoins(injection)) {
    return {.done = false, .reason = "a cluster of one node has no peers to isolate it from"};
  }
  if (ActionResult ready = prepare(injection, cluster); !ready.done) return ready;
  isolate(injection, cluster);
  ActionResult result = cluster.kill(injection.nodes);
  for (const Node node : injection.nodes) {
    const ActionResult damaged = cluster.damage(node, damage(injection.params));
    result.evidence[node_name(node)]["damage"] = damaged.evidence;
    if (damaged.done) continue;
    result.done = false;
    result.reason = damaged.reason;
  }
  if (!result.done) {
    cluster.repair(injection.nodes);
    cluster.restart(injection.nodes);
    reconnect(injection, cluster);
    return result;
  }
  cluster.launch(injection.nodes);
  cluster.expect_end(injection.nodes, exit_codes());
  return result;
}

ActionResult DamageFault::end(const Injection& injection, Cluster& cluster) const {
  ActionResult result = inspect_starts(injection.nodes, cluster);
  const auto up = select_by_start(injection.nodes, result.evidence, /*refused=*/false);
  // With `rejoin`, a node that runs has replicated with its damaged log. Restoring the old log now
  // would be a second fault, so it keeps the damaged one.
  const auto repaired = rejoins(injection)
                            ? select_by_start(injection.nodes, result.evidence, /*refused=*/true)
                            : injection.nodes;
  if (rejoins(injection)) {
    cluster.expect_end(up, {});
  } else if (!up.empty()) {
    cluster.kill(up);
  }
  ActionResult restarted{.done = true};
  if (!repaired.empty()) {
    restarted = cluster.repair(repaired);
    cluster.expect_end(repaired, {});
    if (restarted.done) restarted = cluster.restart(repaired);
  }
  reconnect(injection, cluster);
  for (const auto& [node, process] : restarted.evidence.items()) {
    if (process.contains("incarnation")) result.evidence[node]["repaired"] = process["incarnation"];
  }
  result.done = restarted.done;
  result.reason = restarted.reason;
  return result;
}

bool DamageFault::is_proven(const Json& evidence) const {
  const auto& end = evidence["end"];
  for (const auto& [node, process] : evidence["begin"].items()) {
    if (process.value("signal", 0) != 9) return false;
    if (process["damage"].value("bytes", 0) == 0) return false;
    if (!end.contains(node)) return false;
    const auto start = end[node].value("start", "");
    if (start != "refused" && start != "up") return false;
    if (start == "refused" && end[node].value("exit-code", 0) != exit_codes().front()) return false;
  }
  return !evidence["begin"].empty();
}

std::optional<Node> find_running_spare(const ClusterView& view) {
  for (Node node = 0; node < view.nodes.size(); ++node) {
    const NodeView& state = view.nodes[node];
    if (state.spare && state.running && !state.paused) return node;
  }
  return std::nullopt;
}

ActionResult MembershipFault::begin(const Injection& injection, Cluster& cluster) const {
  const ClusterView view = cluster.view();
  if (view.members != view.core()) {
    return {.done = false, .reason = "another membership change is active"};
  }
  auto members = new_members(injection.nodes, view);
  if (const auto* why = std::get_if<std::string_view>(&members)) {
    return {.done = false, .reason = std::string(*why)};
  }
  auto& list = std::get<std::vector<Node>>(members);
  std::sort(list.begin(), list.end());
  return cluster.change_members(list);
}

ActionResult MembershipFault::end(const Injection&, Cluster& cluster) const {
  return cluster.change_members(cluster.view().core());
}

bool MembershipFault::is_proven(const base::Json& evidence) const {
  const auto& begin = evidence["begin"];
  const auto& end = evidence["end"];
  return begin.contains("voters") && end.contains("voters") && begin["voters"] != end["voters"];
}

bool shows_restarts(const base::Json& begin, const base::Json& end, int signal) {
  for (const auto& [node, process] : begin.items()) {
    if (process.value("signal", -1) != signal) return false;
    if (signal == 0 && process.value("exit-code", -1) != 0) return false;
    if (!end.contains(node)) return false;
    if (end[node].value("incarnation", 0) <= process.value("incarnation", 0)) return false;
  }
  return !begin.empty();
}

}  // namespace capsize::nemesis

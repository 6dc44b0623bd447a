#include "nemesis/faults/families/control_faults.h"

namespace capsize::nemesis {
namespace {

constexpr int kAttempts = 3;

/// Restarts the node, because a new process starts without faults. Gracefully: a kill would lose
/// what its disk holds back, which is another fault.
ActionResult restart_gracefully(Cluster& cluster, Node node) {
  cluster.stop({node});
  ActionResult result = cluster.restart({node});
  result.evidence[node_name(node)]["replaced"] = true;
  return result;
}

ActionResult request_or_restart(Cluster& cluster, Node node, const base::Json& request) {
  ActionResult result;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    result = cluster.control({node}, request);
    if (!result.uncertain) return result;
  }
  return restart_gracefully(cluster, node);
}

}  // namespace

ActionResult request_from_running(Cluster& cluster, const std::vector<Node>& nodes,
                                  const base::Json& request) {
  const ClusterView view = cluster.view();
  std::vector<Node> up;
  for (const Node node : nodes) {
    if (view.nodes[node].running && !view.nodes[node].paused) up.push_back(node);
  }
  return up.empty() ? ActionResult{.done = true} : cluster.control(up, request);
}

ActionResult heal_by_request(Cluster& cluster, const std::vector<Node>& nodes,
                             const base::Json& request) {
  ActionResult all{.done = true};
  const ClusterView view = cluster.view();
  for (const Node node : nodes) {
    if (!view.nodes[node].running) {
      all.evidence[node_name(node)] = {{"down", true}};
      continue;
    }
    const bool paused = view.nodes[node].paused;
    if (paused) cluster.resume({node});
    const ActionResult healed = request_or_restart(cluster, node, request);
    if (paused) cluster.pause({node});
    all.evidence.update(healed.evidence);
    if (healed.done) continue;
    all.done = false;
    all.reason = healed.reason;
  }
  return all;
}

ActionResult undo_request(Cluster& cluster, const std::vector<Node>& nodes,
                          const ActionResult& failed, const base::Json& request) {
  const ClusterView view = cluster.view();
  for (const Node node : nodes) {
    if (!view.nodes[node].running) continue;  // the request ended with the process
    if (failed.uncertain) {
      restart_gracefully(cluster, node);
    } else {
      cluster.control({node}, request);
    }
  }
  return {.done = false, .reason = failed.reason};
}

bool has_healed_all(const base::Json& begin, const base::Json& end) {
  for (const auto& [node, evidence] : begin.items()) {
    if (!end.contains(node)) return false;
  }
  return !begin.empty();
}

namespace {

using base::Json;

// Offsets below this prove nothing. A node reads both clocks at the same moment, so a correct clock
// has an offset of 0.
constexpr std::int64_t kOffsetNsMin = 1'000'000;

/// Returns +1 if the clock of every node that is in both readings has gained, -1 if each has lost,
/// otherwise 0.
int drift_direction(const Json& before, const Json& after) {
  int common_sign = 0;
  for (const auto& [node, reading] : before.items()) {
    if (!after.contains(node) || !after[node].contains("offset-ns")) continue;
    const auto drift =
        after[node]["offset-ns"].get<std::int64_t>() - reading["offset-ns"].get<std::int64_t>();
    const int sign = drift >= kOffsetNsMin ? 1 : drift <= -kOffsetNsMin ? -1 : 0;
    if (sign == 0 || sign == -common_sign) return 0;
    common_sign = sign;
  }
  return common_sign;
}

}  // namespace

Json clock_offsets(const Json& replies) {
  Json all = Json::object();
  for (const auto& [node, reply] : replies.items()) {
    if (!reply.contains("clock") || !reply.contains("true-clock")) {
      all[node] = reply;  // the node is down, or was restarted
      continue;
    }
    all[node]["offset-ns"] =
        reply["clock"].get<std::int64_t>() - reply["true-clock"].get<std::int64_t>();
  }
  return all;
}

ActionResult ClockFault::begin(const Injection& injection, Cluster& cluster) const {
  const ActionResult before = cluster.control(injection.nodes, {{"op", "clock"}});
  if (!before.done) return before;
  ActionResult result = cluster.control(injection.nodes, request(injection.params));
  if (!result.done) {
    return undo_request(cluster, injection.nodes, result, {{"op", "clock"}, {"rate", 1}});
  }
  result.evidence = {{"before", clock_offsets(before.evidence)},
                     {"after", clock_offsets(result.evidence)}};
  return result;
}

ActionResult ClockFault::end(const Injection& injection, Cluster& cluster) const {
  ActionResult result = heal_by_request(cluster, injection.nodes, {{"op", "clock"}, {"rate", 1}});
  result.evidence = clock_offsets(result.evidence);
  return result;
}

bool ClockFault::is_proven(const Json& evidence) const {
  const auto& begin = evidence["begin"];
  return (drift_direction(begin["before"], begin["after"]) != 0 ||
          drift_direction(begin["before"], evidence["end"]) != 0) &&
         has_healed_all(begin["before"], evidence["end"]);
}

namespace {

// How long to wait for the first affected sync. A cluster under load syncs every few milliseconds;
// one without a leader, or on a busy disk, may take longer.
constexpr base::Duration kEvidenceTimeout = std::chrono::milliseconds(1000);

Json disk_request(Json keys) {
  keys["op"] = "disk";
  return keys;
}

}  // namespace

ActionResult DiskFault::begin(const Injection& injection, Cluster& cluster) const {
  ActionResult installed = cluster.control(injection.nodes, disk_request(on(injection.params)));
  if (!installed.done)
    return undo_request(cluster, injection.nodes, installed, disk_request(off()));
  const auto count = [this](const Json& reply) { return reply.value(counter_, std::uint64_t{0}); };
  const ActionResult affected = cluster.control_until(
      injection.nodes, disk_request(Json::object()),
      [&](Node node, const Json& reply) {
        return count(reply) > count(installed.evidence[node_name(node)]);
      },
      kEvidenceTimeout);
  ActionResult result{.done = true, .effect = affected.effect};
  for (const auto& [node, before] : installed.evidence.items()) {
    const auto after =
        affected.evidence.contains(node) ? count(affected.evidence[node]) : count(before);
    result.evidence[node] = {{counter_, after - count(before)}};
  }
  return result;
}

ActionResult DiskFault::end(const Injection& injection, Cluster& cluster) const {
  return heal_by_request(cluster, injection.nodes, disk_request(off()));
}

bool DiskFault::is_proven(const Json& evidence) const {
  for (const auto& [node, affected] : evidence["begin"].items()) {
    if (affected.value(counter_, 0) == 0) return false;
  }
  return has_healed_all(evidence["begin"], evidence["end"]);
}

namespace {

/// Returns the nodes that have an entry in `endings`.
std::vector<Node> exited_nodes(const std::vector<Node>& nodes, const Json& endings) {
  std::vector<Node> list;
  for (const Node node : nodes) {
    if (endings.contains(node_name(node))) list.push_back(node);
  }
  return list;
}

/// A node whose next write fails may exit before it sends its reply. If every node without a reply
/// has exited as expected, the request was done.
void accept_exits_as_replies(Cluster& cluster, const std::vector<Node>& nodes,
                             ActionResult& armed) {
  const ActionResult endings = cluster.endings(nodes);
  for (const Node node : nodes) {
    const auto name = node_name(node);
    if (armed.evidence.contains(name)) continue;
    if (!endings.evidence.contains(name)) return;
    armed.evidence[name] = {{"ended-before-it-answered", true}};
  }
  armed.done = true;
}

}  // namespace

Declared DiskError::parameters() const {
  return {{.name = "call",
           .type = Parameter::Type::kChoice,
           .default_value = "append",
           .summary = "which call fails; create, rename and sync-directory occur in snapshots",
           .choices = {"append", "sync", "reserve", "create", "rename", "sync-directory"}},
          {.name = "error",
           .type = Parameter::Type::kChoice,
           .default_value = std::string(error_),
           .summary = "short: an append writes only half",
           .choices = {"EIO", "ENOSPC", "short"}},
          {.name = "after",
           .type = Parameter::Type::kCount,
           .default_value = 1,
           .summary = "the n-th such call fails",
           .min = 1,
           .max = 1e6}};
}

ActionResult DiskError::begin(const Injection& injection, Cluster& cluster) const {
  const auto& params = injection.params;
  cluster.expect_end(injection.nodes, exit_codes());
  const Json failure = {
      {"call", params["call"]}, {"error", params["error"]}, {"after", params["after"]}};
  ActionResult armed = cluster.control(injection.nodes, {{"op", "disk"}, {"fail", failure}});
  const bool of_snapshots = params["call"] == "create" || params["call"] == "rename" ||
                            params["call"] == "sync-directory";
  if (armed.done && of_snapshots)
    request_from_running(cluster, injection.nodes, {{"op", "snapshot"}});
  if (!armed.done) accept_exits_as_replies(cluster, injection.nodes, armed);
  if (armed.done) return armed;
  // Some nodes may have accepted the request. They must not exit later, when that counts as a
  // crash.
  const ActionResult failed =
      undo_request(cluster, injection.nodes, armed, {{"op", "disk"}, {"fail", nullptr}});
  end(injection, cluster);
  return failed;
}

ActionResult DiskError::end(const Injection& injection, Cluster& cluster) const {
  // Collect the exits twice: before, so that no request goes to a node that has exited; and after,
  // because a node may exit between that and the request.
  cluster.endings(injection.nodes);
  ActionResult withdrawn =
      heal_by_request(cluster, injection.nodes, {{"op", "disk"}, {"fail", nullptr}});
  ActionResult endings = cluster.endings(injection.nodes);
  const auto down = exited_nodes(injection.nodes, endings.evidence);
  ActionResult result{.done = withdrawn.done || !down.empty(), .reason = withdrawn.reason};
  result.evidence = endings.evidence;
  cluster.expect_end(injection.nodes, {});
  if (down.empty()) return result;
  const ActionResult restarted = cluster.restart(down);
  result.done = restarted.done;
  result.reason = restarted.reason;
  result.evidence.merge_patch(restarted.evidence);
  return result;
}

bool DiskError::is_proven(const Json& evidence) const {
  const auto& end = evidence["end"];
  for (const auto& [node, reply] : evidence["begin"].items()) {
    if (!end.contains(node) || end[node].value("exit-code", 0) != exit_codes().front())
      return false;
    if (!end[node].contains("incarnation")) return false;
  }
  return !end.empty();
}

}  // namespace capsize::nemesis

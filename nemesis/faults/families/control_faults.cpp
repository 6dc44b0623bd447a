#include "nemesis/faults/families/control_faults.h"

namespace capsize::nemesis {
namespace {

constexpr int kAttempts = 3;

/// A new process begins without faults. In good order, so that nothing is lost that a disk holds
/// back.
ActionResult replace(Cluster& cluster, Node node) {
  cluster.stop({node});
  ActionResult act = cluster.restart({node});
  act.evidence[node_name(node)]["replaced"] = true;
  return act;
}

ActionResult ask_or_replace(Cluster& cluster, Node node, const base::Json& request) {
  ActionResult act;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    act = cluster.control({node}, request);
    if (!act.uncertain) return act;
  }
  return replace(cluster, node);
}

}  // namespace

ActionResult ask_those_up(Cluster& cluster, const std::vector<Node>& nodes,
                          const base::Json& request) {
  const ClusterView view = cluster.view();
  std::vector<Node> up;
  for (const Node node : nodes) {
    if (view.nodes[node].running && !view.nodes[node].paused) up.push_back(node);
  }
  return up.empty() ? ActionResult{.done = true} : cluster.control(up, request);
}

ActionResult ask_to_heal(Cluster& cluster, const std::vector<Node>& nodes,
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
    const ActionResult act = ask_or_replace(cluster, node, request);
    if (paused) cluster.pause({node});
    all.evidence.update(act.evidence);
    if (act.done) continue;
    all.done = false;
    all.reason = act.reason;
  }
  return all;
}

ActionResult undo(Cluster& cluster, const std::vector<Node>& nodes, const ActionResult& failed,
                  const base::Json& request) {
  const ClusterView view = cluster.view();
  for (const Node node : nodes) {
    if (!view.nodes[node].running) continue;  // it ended, and the process with what it was asked
    if (failed.uncertain) {
      replace(cluster, node);
    } else {
      cluster.control({node}, request);
    }
  }
  return {.done = false, .reason = failed.reason};
}

bool healed(const base::Json& begin, const base::Json& end) {
  for (const auto& [node, evidence] : begin.items()) {
    if (!end.contains(node)) return false;
  }
  return !begin.empty();
}

namespace {

using base::Json;

// Both clocks are read at one moment, so that a true one has no offset at all.
constexpr std::int64_t kLeastNs = 1'000'000;

/// +1 if every node that both have has gained, -1 if each has lost, otherwise 0.
int direction(const Json& before, const Json& after) {
  int found = 0;
  for (const auto& [node, reading] : before.items()) {
    if (!after.contains(node) || !after[node].contains("offset-ns")) continue;
    const auto grew =
        after[node]["offset-ns"].get<std::int64_t>() - reading["offset-ns"].get<std::int64_t>();
    const int sign = grew >= kLeastNs ? 1 : grew <= -kLeastNs ? -1 : 0;
    if (sign == 0 || sign == -found) return 0;
    found = sign;
  }
  return found;
}

}  // namespace

Json offsets(const Json& replies) {
  Json all = Json::object();
  for (const auto& [node, reply] : replies.items()) {
    if (!reply.contains("clock") || !reply.contains("true-clock")) {
      all[node] = reply;  // of a node that is down
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
  ActionResult act = cluster.control(injection.nodes, request(injection.params));
  if (!act.done) {
    return undo(cluster, injection.nodes, act, {{"op", "clock"}, {"rate", 1}});
  }
  act.evidence = {{"before", offsets(before.evidence)}, {"after", offsets(act.evidence)}};
  return act;
}

ActionResult ClockFault::end(const Injection& injection, Cluster& cluster) const {
  ActionResult act = ask_to_heal(cluster, injection.nodes, {{"op", "clock"}, {"rate", 1}});
  act.evidence = offsets(act.evidence);
  return act;
}

bool ClockFault::proven(const Json& evidence) const {
  const auto& begin = evidence["begin"];
  return (direction(begin["before"], begin["after"]) != 0 ||
          direction(begin["before"], evidence["end"]) != 0) &&
         healed(begin["before"], evidence["end"]);
}

namespace {

// A cluster that serves syncs far sooner; one that just lost its leader, or sits on a busy disk,
// not.
constexpr base::Duration kMetBound = std::chrono::milliseconds(1000);

Json disk(Json keys) {
  keys["op"] = "disk";
  return keys;
}

}  // namespace

ActionResult DiskFault::begin(const Injection& injection, Cluster& cluster) const {
  ActionResult made = cluster.control(injection.nodes, disk(on(injection.params)));
  if (!made.done) return undo(cluster, injection.nodes, made, disk(off()));
  const auto count = [this](const Json& reply) { return reply.value(counter_, std::uint64_t{0}); };
  const ActionResult met = cluster.control_until(
      injection.nodes, disk(Json::object()),
      [&](Node node, const Json& reply) {
        return count(reply) > count(made.evidence[node_name(node)]);
      },
      kMetBound);
  ActionResult act{.done = true, .effect = met.effect};
  for (const auto& [node, before] : made.evidence.items()) {
    const auto after = met.evidence.contains(node) ? count(met.evidence[node]) : count(before);
    act.evidence[node] = {{counter_, after - count(before)}};
  }
  return act;
}

ActionResult DiskFault::end(const Injection& injection, Cluster& cluster) const {
  return ask_to_heal(cluster, injection.nodes, disk(off()));
}

bool DiskFault::proven(const Json& evidence) const {
  for (const auto& [node, met] : evidence["begin"].items()) {
    if (met.value(counter_, 0) == 0) return false;
  }
  return healed(evidence["begin"], evidence["end"]);
}

namespace {

/// Those of the nodes that have ended as they were expected to.
std::vector<Node> ended(const std::vector<Node>& nodes, const Json& endings) {
  std::vector<Node> list;
  for (const Node node : nodes) {
    if (endings.contains(node_name(node))) list.push_back(node);
  }
  return list;
}

/// A node that fails at its next write may have ended before its answer was on the way.
void take_ends_for_answers(Cluster& cluster, const std::vector<Node>& nodes,
                           ActionResult& planned) {
  const ActionResult endings = cluster.endings(nodes);
  for (const Node node : nodes) {
    const auto name = node_name(node);
    if (planned.evidence.contains(name)) continue;
    if (!endings.evidence.contains(name)) return;
    planned.evidence[name] = {{"ended-before-it-answered", true}};
  }
  planned.done = true;
}

}  // namespace

Declared DiskError::parameters() const {
  return {{.name = "call",
           .type = Parameter::Type::kWord,
           .otherwise = "append",
           .summary = "which call fails; all but append, reserve and sync are of snapshots",
           .words = {"append", "sync", "reserve", "create", "rename", "sync-directory"}},
          {.name = "error",
           .type = Parameter::Type::kWord,
           .otherwise = std::string(error_),
           .summary = "short, of an append: half is written",
           .words = {"EIO", "ENOSPC", "short"}},
          {.name = "after",
           .type = Parameter::Type::kCount,
           .otherwise = 1,
           .summary = "the n-th such call from now",
           .least = 1,
           .most = 1e6}};
}

ActionResult DiskError::begin(const Injection& injection, Cluster& cluster) const {
  const auto& params = injection.params;
  cluster.expect_end(injection.nodes, exit_codes());
  const Json failure = {
      {"call", params["call"]}, {"error", params["error"]}, {"after", params["after"]}};
  ActionResult planned = cluster.control(injection.nodes, {{"op", "disk"}, {"fail", failure}});
  const bool of_snapshots = params["call"] == "create" || params["call"] == "rename" ||
                            params["call"] == "sync-directory";
  if (planned.done && of_snapshots) ask_those_up(cluster, injection.nodes, {{"op", "snapshot"}});
  if (!planned.done) take_ends_for_answers(cluster, injection.nodes, planned);
  if (planned.done) return planned;
  // Some may have been told, and must not end later, when nobody expects it.
  const ActionResult failed =
      undo(cluster, injection.nodes, planned, {{"op", "disk"}, {"fail", nullptr}});
  end(injection, cluster);
  return failed;
}

ActionResult DiskError::end(const Injection& injection, Cluster& cluster) const {
  // Twice: who has ended must not be asked, and a node may end between the look and the question.
  cluster.endings(injection.nodes);
  ActionResult calmed = ask_to_heal(cluster, injection.nodes, {{"op", "disk"}, {"fail", nullptr}});
  ActionResult endings = cluster.endings(injection.nodes);
  const auto down = ended(injection.nodes, endings.evidence);
  ActionResult act{.done = calmed.done || !down.empty(), .reason = calmed.reason};
  act.evidence = endings.evidence;
  if (down.size() < injection.nodes.size()) cluster.expect_end(injection.nodes, {});
  if (down.empty()) return act;
  const ActionResult restarted = cluster.restart(down);
  act.done = restarted.done;
  act.reason = restarted.reason;
  act.evidence.merge_patch(restarted.evidence);
  return act;
}

bool DiskError::proven(const Json& evidence) const {
  const auto& end = evidence["end"];
  for (const auto& [node, told] : evidence["begin"].items()) {
    if (!end.contains(node) || end[node].value("exit-code", 0) != exit_codes().front())
      return false;
    if (!end[node].contains("incarnation")) return false;
  }
  return !end.empty();
}

}  // namespace capsize::nemesis

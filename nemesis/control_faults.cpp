#include "nemesis/control_faults.h"

namespace capsize::nemesis {
namespace {

constexpr int kAttempts = 3;

/// A new process begins without faults. In good order, so that nothing is lost that a disk holds
/// back.
Act replace(Cluster& cluster, Node node) {
  cluster.stop({node});
  Act act = cluster.restart({node});
  act.evidence[node_name(node)]["replaced"] = true;
  return act;
}

Act ask_or_replace(Cluster& cluster, Node node, const base::Json& request) {
  Act act;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    act = cluster.control({node}, request);
    if (!act.uncertain) return act;
  }
  return replace(cluster, node);
}

}  // namespace

Act ask_those_up(Cluster& cluster, const std::vector<Node>& nodes, const base::Json& request) {
  const ClusterView view = cluster.view();
  std::vector<Node> up;
  for (const Node node : nodes) {
    if (view.nodes[node].running && !view.nodes[node].paused) up.push_back(node);
  }
  return up.empty() ? Act{.done = true} : cluster.control(up, request);
}

Act ask_to_heal(Cluster& cluster, const std::vector<Node>& nodes, const base::Json& request) {
  Act all{.done = true};
  const ClusterView view = cluster.view();
  for (const Node node : nodes) {
    if (!view.nodes[node].running) {
      all.evidence[node_name(node)] = {{"down", true}};
      continue;
    }
    const bool paused = view.nodes[node].paused;
    if (paused) cluster.resume({node});
    const Act act = ask_or_replace(cluster, node, request);
    if (paused) cluster.pause({node});
    all.evidence.update(act.evidence);
    if (act.done) continue;
    all.done = false;
    all.reason = act.reason;
  }
  return all;
}

Act take_back(Cluster& cluster, const std::vector<Node>& nodes, const Act& failed,
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

Act ClockFault::begin(const Strike& strike, Cluster& cluster) const {
  const Act before = cluster.control(strike.nodes, {{"op", "clock"}});
  if (!before.done) return before;
  Act act = cluster.control(strike.nodes, request(strike.params));
  if (!act.done) {
    return take_back(cluster, strike.nodes, act, {{"op", "clock"}, {"rate", 1}});
  }
  act.evidence = {{"before", offsets(before.evidence)}, {"after", offsets(act.evidence)}};
  return act;
}

Act ClockFault::end(const Strike& strike, Cluster& cluster) const {
  Act act = ask_to_heal(cluster, strike.nodes, {{"op", "clock"}, {"rate", 1}});
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

Act DiskFault::begin(const Strike& strike, Cluster& cluster) const {
  Act made = cluster.control(strike.nodes, disk(on(strike.params)));
  if (!made.done) return take_back(cluster, strike.nodes, made, disk(off()));
  const auto count = [this](const Json& reply) { return reply.value(counter_, std::uint64_t{0}); };
  const Act met = cluster.control_until(
      strike.nodes, disk(Json::object()),
      [&](Node node, const Json& reply) {
        return count(reply) > count(made.evidence[node_name(node)]);
      },
      kMetBound);
  Act act{.done = true, .effect = met.effect};
  for (const auto& [node, before] : made.evidence.items()) {
    const auto after = met.evidence.contains(node) ? count(met.evidence[node]) : count(before);
    act.evidence[node] = {{counter_, after - count(before)}};
  }
  return act;
}

Act DiskFault::end(const Strike& strike, Cluster& cluster) const {
  return ask_to_heal(cluster, strike.nodes, disk(off()));
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
void take_ends_for_answers(Cluster& cluster, const std::vector<Node>& nodes, Act& planned) {
  const Act endings = cluster.endings(nodes);
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

Act DiskError::begin(const Strike& strike, Cluster& cluster) const {
  const auto& params = strike.params;
  cluster.expect_end(strike.nodes, exit_codes());
  const Json failure = {
      {"call", params["call"]}, {"error", params["error"]}, {"after", params["after"]}};
  Act planned = cluster.control(strike.nodes, {{"op", "disk"}, {"fail", failure}});
  const bool of_snapshots = params["call"] == "create" || params["call"] == "rename" ||
                            params["call"] == "sync-directory";
  if (planned.done && of_snapshots) ask_those_up(cluster, strike.nodes, {{"op", "snapshot"}});
  if (!planned.done) take_ends_for_answers(cluster, strike.nodes, planned);
  if (planned.done) return planned;
  // Some may have been told, and must not end later, when nobody expects it.
  const Act failed = take_back(cluster, strike.nodes, planned, {{"op", "disk"}, {"fail", nullptr}});
  end(strike, cluster);
  return failed;
}

Act DiskError::end(const Strike& strike, Cluster& cluster) const {
  // Twice: who has ended must not be asked, and a node may end between the look and the question.
  cluster.endings(strike.nodes);
  Act calmed = ask_to_heal(cluster, strike.nodes, {{"op", "disk"}, {"fail", nullptr}});
  Act endings = cluster.endings(strike.nodes);
  const auto down = ended(strike.nodes, endings.evidence);
  Act act{.done = calmed.done || !down.empty(), .reason = calmed.reason};
  act.evidence = endings.evidence;
  if (down.size() < strike.nodes.size()) cluster.expect_end(strike.nodes, {});
  if (down.empty()) return act;
  const Act restarted = cluster.restart(down);
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

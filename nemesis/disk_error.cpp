#include "nemesis/disk_error.h"

#include "nemesis/asking.h"

namespace capsize::nemesis {
namespace {

using base::Json;

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

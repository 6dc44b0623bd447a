#include "nemesis/members.h"

#include <algorithm>

namespace capsize::nemesis {

std::optional<Node> spare_of(const ClusterView& view) {
  for (Node node = 0; node < view.nodes.size(); ++node) {
    if (view.nodes[node].spare && view.nodes[node].running && !view.nodes[node].paused) return node;
  }
  return std::nullopt;
}

Act change_once(Cluster& cluster, std::vector<Node> members) {
  const ClusterView view = cluster.view();
  if (view.members != view.core()) {
    return {.done = false, .reason = "another change of members was in force"};
  }
  std::sort(members.begin(), members.end());
  return cluster.change_members(members);
}

Act change_back(Cluster& cluster) {
  return cluster.change_members(cluster.view().core());
}

bool changed_and_back(const nlohmann::json& begin, const nlohmann::json& end) {
  return begin.contains("voters") && end.contains("voters") && begin["voters"] != end["voters"];
}

}  // namespace capsize::nemesis

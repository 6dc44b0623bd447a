#include "nemesis/members_fault.h"

#include <algorithm>

namespace capsize::nemesis {

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

}  // namespace capsize::nemesis

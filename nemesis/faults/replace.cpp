// A member is replaced by a spare node in one change; later it takes its place again.
#include <algorithm>

#include "nemesis/fault_kind.h"
#include "nemesis/members.h"

namespace capsize::nemesis {
namespace {

class Replace final : public FaultKind {
 public:
  std::string_view name() const override { return "replace"; }
  std::string_view summary() const override {
    return "a spare node takes the place of a member, later they change back";
  }
  Impact impact() const override { return Impact::kSeparates; }
  Act begin(const PlannedFault&, const std::vector<Node>& nodes, Cluster& cluster) const override {
    const ClusterView view = cluster.view();
    const auto spare = spare_of(view);
    if (!spare) return {.done = false, .reason = "no spare node was up"};
    std::vector<Node> members = view.core();
    // Who leads may be the spare itself, still; then it is no member that could be replaced.
    if (std::erase(members, nodes.front()) == 0) {
      return {.done = false, .reason = "the target was no member"};
    }
    members.push_back(*spare);
    return change_once(cluster, std::move(members));
  }
  Act end(const PlannedFault&, const std::vector<Node>&, Cluster& cluster) const override {
    return change_back(cluster);
  }
  bool proven(const nlohmann::json& begin, const nlohmann::json& end) const override {
    return changed_and_back(begin, end);
  }
};

const base::Registered<FaultKind, Replace> registered;

}  // namespace
}  // namespace capsize::nemesis

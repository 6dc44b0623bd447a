// The cluster grows by a spare node, which catches up and votes; later it leaves again.
#include <algorithm>

#include "nemesis/fault_kind.h"
#include "nemesis/members.h"

namespace capsize::nemesis {
namespace {

class Grow final : public FaultKind {
 public:
  std::string_view name() const override { return "grow"; }
  std::string_view summary() const override {
    return "a spare node becomes a member, later it is removed";
  }
  Impact impact() const override { return Impact::kDegrades; }
  Act begin(const PlannedFault&, const std::vector<Node>&, Cluster& cluster) const override {
    const ClusterView view = cluster.view();
    const auto spare = spare_of(view);
    if (!spare) return {.done = false, .reason = "no spare node was up"};
    std::vector<Node> members = view.core();
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

const base::Registered<FaultKind, Grow> registered;

}  // namespace
}  // namespace capsize::nemesis

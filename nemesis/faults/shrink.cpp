// The cluster shrinks by the nodes, which go on running as members of nothing; later they are added
// again.
#include <algorithm>

#include "nemesis/fault_kind.h"
#include "nemesis/members.h"

namespace capsize::nemesis {
namespace {

class Shrink final : public FaultKind {
 public:
  std::string_view name() const override { return "shrink"; }
  std::string_view summary() const override {
    return "nodes are removed from the cluster, later they are members again";
  }
  Impact impact() const override { return Impact::kSeparates; }
  Act begin(const PlannedFault&, const std::vector<Node>& nodes, Cluster& cluster) const override {
    std::vector<Node> members = cluster.view().core();
    for (const Node node : nodes) std::erase(members, node);
    if (members.empty()) return {.done = false, .reason = "nobody would be left"};
    return change_once(cluster, std::move(members));
  }
  Act end(const PlannedFault&, const std::vector<Node>&, Cluster& cluster) const override {
    return change_back(cluster);
  }
  bool proven(const nlohmann::json& begin, const nlohmann::json& end) const override {
    return changed_and_back(begin, end);
  }
};

const base::Registered<FaultKind, Shrink> registered;

}  // namespace
}  // namespace capsize::nemesis

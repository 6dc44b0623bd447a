// Removes the nodes from the cluster; they keep running without being members. Healing adds them
// again.
#include "nemesis/faults/families/node_faults.h"

namespace capsize::nemesis {
namespace {

class Shrink final : public MembershipFault {
 public:
  Shrink()
      : MembershipFault("shrink", "nodes are removed from the cluster; later they are added again",
                        Impact::kSeparates) {}

 private:
  MembersOrReason new_members(const std::vector<Node>& nodes,
                              const ClusterView& view) const override {
    std::vector<Node> members = view.core();
    for (const Node node : nodes) std::erase(members, node);
    if (members.empty()) return "no member would be left";
    return members;
  }
};

const base::Registered<FaultKind, Shrink> registered;

}  // namespace
}  // namespace capsize::nemesis

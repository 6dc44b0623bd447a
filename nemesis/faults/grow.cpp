// Adds a spare node to the cluster, which catches up and becomes a voter; healing removes it.
#include "nemesis/faults/families/node_faults.h"

namespace capsize::nemesis {
namespace {

class Grow final : public MembershipFault {
 public:
  Grow()
      : MembershipFault("grow", "a spare node becomes a member; later it is removed",
                        Impact::kDegrades) {}

 private:
  MembersOrReason new_members(const std::vector<Node>&, const ClusterView& view) const override {
    const auto spare = find_running_spare(view);
    if (!spare) return kNoSpare;
    std::vector<Node> members = view.core();
    members.push_back(*spare);
    return members;
  }
};

const base::Registered<FaultKind, Grow> registered;

}  // namespace
}  // namespace capsize::nemesis

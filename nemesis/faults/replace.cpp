// Replaces a member by a spare node in one membership change; healing replaces the spare by it.
#include "nemesis/faults/families/node_faults.h"

namespace capsize::nemesis {
namespace {

class Replace final : public MembershipFault {
 public:
  Replace()
      : MembershipFault("replace",
                        "a spare node replaces a member; later the member replaces the spare",
                        Impact::kSeparates) {}

 private:
  MembersOrReason new_members(const std::vector<Node>& nodes,
                              const ClusterView& view) const override {
    const auto spare = find_running_spare(view);
    if (!spare) return kNoSpare;
    std::vector<Node> members = view.core();
    // The leader may still be the spare of an earlier fault, which is no core member.
    if (std::erase(members, nodes.front()) == 0) return "the target is no member";
    members.push_back(*spare);
    return members;
  }
};

const base::Registered<FaultKind, Replace> registered;

}  // namespace
}  // namespace capsize::nemesis

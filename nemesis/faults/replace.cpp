// A member is replaced by a spare node in one change; later it takes its place again.
#include "nemesis/faults/families/node_faults.h"

namespace capsize::nemesis {
namespace {

class Replace final : public MembersFault {
 public:
  Replace()
      : MembersFault("replace", "a spare node takes the place of a member, later they change back",
                     Impact::kSeparates) {}

 private:
  Wanted wanted(const std::vector<Node>& nodes, const ClusterView& view) const override {
    const auto spare = spare_of(view);
    if (!spare) return kNoSpare;
    std::vector<Node> members = view.core();
    // Who leads may be the spare itself, still; then it is no member that could be replaced.
    if (std::erase(members, nodes.front()) == 0) return "the target was no member";
    members.push_back(*spare);
    return members;
  }
};

const base::Registered<FaultKind, Replace> registered;

}  // namespace
}  // namespace capsize::nemesis

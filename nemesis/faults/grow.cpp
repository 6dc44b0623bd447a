// The cluster grows by a spare node, which catches up and votes; later it leaves again.
#include "nemesis/faults/families/node_faults.h"

namespace capsize::nemesis {
namespace {

class Grow final : public MembersFault {
 public:
  Grow()
      : MembersFault("grow", "a spare node becomes a member, later it is removed",
                     Impact::kDegrades) {}

 private:
  Wanted wanted(const std::vector<Node>&, const ClusterView& view) const override {
    const auto spare = spare_of(view);
    if (!spare) return kNoSpare;
    std::vector<Node> members = view.core();
    members.push_back(*spare);
    return members;
  }
};

const base::Registered<FaultKind, Grow> registered;

}  // namespace
}  // namespace capsize::nemesis

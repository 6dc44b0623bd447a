// The cluster shrinks by the nodes, which go on running as members of nothing; later they are added
// again.
#include "nemesis/faults/families/node_faults.h"

namespace capsize::nemesis {
namespace {

class Shrink final : public MembersFault {
 public:
  Shrink()
      : MembersFault("shrink", "nodes are removed from the cluster, later they are members again",
                     Impact::kSeparates) {}

 private:
  Wanted wanted(const std::vector<Node>& nodes, const ClusterView& view) const override {
    std::vector<Node> members = view.core();
    for (const Node node : nodes) std::erase(members, node);
    if (members.empty()) return "nobody would be left";
    return members;
  }
};

const base::Registered<FaultKind, Shrink> registered;

}  // namespace
}  // namespace capsize::nemesis

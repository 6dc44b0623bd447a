// A partition: every message between the nodes and the rest is discarded, one way or both. What is
// cut is the target's choice: one node, halves (minority, majority), the leader with a minority
// (leader-minority), and with `peers` single links (target n1, peers n2).
#include "nemesis/faults/families/link_faults.h"

namespace capsize::nemesis {
namespace {

class Cut final : public LinkFault {
 public:
  Cut()
      : LinkFault("cut",
                  "discards all messages between the nodes and the rest, or some of the rest",
                  "discarded") {}
  Impact impact() const override { return Impact::kSeparates; }

 private:
  std::vector<Link> links(const Injection& injection, std::size_t cluster_size) const override {
    return boundary(injection, cluster_size);
  }
};

const base::Registered<FaultKind, Cut> registered;

}  // namespace
}  // namespace capsize::nemesis

// A partition: discards every message between the nodes and the rest, in one or both directions.
// The target decides what is cut: one node, a minority or majority, a minority with the leader;
// with `peers`, single links (target n1, peers n2).
#include "nemesis/faults/families/link_faults.h"

namespace capsize::nemesis {
namespace {

class Cut final : public LinkFault {
 public:
  Cut()
      : LinkFault("cut", "discards all messages between the nodes and the rest (or `peers`)",
                  "discarded") {}
  Impact impact() const override { return Impact::kSeparates; }

 private:
  std::vector<Link> links(const Injection& injection, std::size_t cluster_size) const override {
    return boundary_links(injection, cluster_size);
  }
};

const base::Registered<FaultKind, Cut> registered;

}  // namespace
}  // namespace capsize::nemesis

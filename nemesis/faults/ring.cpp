// The majorities ring (Jepsen's majorities-ring): the nodes form a ring, in a random order for each
// fault, and each is connected only to its nearest neighbours, enough for a majority with itself.
// No two nodes see the same majority. Links are symmetric here, unlike Jepsen's, so it needs at
// least four nodes: among three, every node sees all.
#include <algorithm>

#include "base/prng.h"
#include "nemesis/faults/families/link_faults.h"

namespace capsize::nemesis {
namespace {

class Ring final : public LinkFault {
 public:
  Ring()
      : LinkFault("ring", "connects each node to a majority, a different one for each node",
                  "discarded") {}
  Impact impact() const override { return Impact::kSeparates; }
  bool deposes_leader() const override { return false; }
  FaultSpec spec() const override { return {.kind = "ring", .target = Target::kAll}; }

 private:
  std::string_view action_kind() const override { return "cut"; }
  std::vector<Link> links(const Injection& injection, std::size_t) const override {
    std::vector<Node> ring = injection.nodes;
    auto prng = base::Prng::stream(injection.id, "ring");
    prng.shuffle(ring);
    const std::size_t size = ring.size();
    const std::size_t reach = (size / 2 + 1) / 2;  // on each side
    std::vector<Link> cut;
    for (std::size_t from = 0; from < size; ++from) {
      for (std::size_t to = 0; to < size; ++to) {
        const std::size_t distance = (to + size - from) % size;
        if (std::min(distance, size - distance) > reach) cut.emplace_back(ring[from], ring[to]);
      }
    }
    return cut;
  }
};

const base::Registered<FaultKind, Ring> registered;

}  // namespace
}  // namespace capsize::nemesis

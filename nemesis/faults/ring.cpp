// The majorities ring: the nodes stand in a ring, in another order for each fault, and each hears
// its nearest neighbours only, as many as make a majority with itself. No two of them see the same
// one. (Aphyr, Jepsen, majorities-ring; here both ways see the same, so it takes four nodes.)
#include <algorithm>

#include "base/prng.h"
#include "nemesis/faults/families/link_faults.h"

namespace capsize::nemesis {
namespace {

class Ring final : public LinkFault {
 public:
  Ring()
      : LinkFault("ring", "leaves each of the nodes a majority in sight, no two the same one",
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
        const std::size_t forth = (to + size - from) % size;
        if (std::min(forth, size - forth) > reach) cut.emplace_back(ring[from], ring[to]);
      }
    }
    return cut;
  }
};

const base::Registered<FaultKind, Ring> registered;

}  // namespace
}  // namespace capsize::nemesis

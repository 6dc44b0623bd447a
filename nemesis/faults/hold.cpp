// A partition that forgets nothing: every message between the nodes and the rest waits, and comes
// out when it ends, also the last one first or shuffled.
#include "nemesis/faults/families/link_faults.h"

namespace capsize::nemesis {
namespace {

class Hold final : public LinkFault {
 public:
  Hold()
      : LinkFault(
            "hold",
            "keeps all messages between the nodes and the rest back, and gives them out at the end",
            "held") {}
  Impact impact() const override { return Impact::kSeparates; }

 private:
  Declared action() const override {
    return {{.name = "order",
             .otherwise = "as-sent",
             .summary = "in which they come out",
             .words = {"as-sent", "reverse", "shuffled"}}};
  }
  std::vector<Link> links(const Injection& injection, std::size_t cluster_size) const override {
    return boundary(injection, cluster_size);
  }
};

const base::Registered<FaultKind, Hold> registered;

}  // namespace
}  // namespace capsize::nemesis

// A partition: every message between the nodes and the rest is discarded, one way or both.
#include "nemesis/link_fault.h"

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
  std::vector<Link> links(const Strike& strike, std::size_t cluster_size) const override {
    return boundary(strike, cluster_size);
  }
};

const base::Registered<FaultKind, Cut> registered;

}  // namespace
}  // namespace capsize::nemesis

// A partition that loses nothing: holds back every message between the nodes and the rest, and
// delivers them when it ends: in order, in reverse or shuffled.
#include "nemesis/faults/families/link_faults.h"

namespace capsize::nemesis {
namespace {

class Hold final : public LinkFault {
 public:
  Hold()
      : LinkFault("hold",
                  "holds all messages between the nodes and the rest, and delivers them at the end",
                  "held") {}
  Impact impact() const override { return Impact::kSeparates; }

 private:
  Declared action() const override {
    return {{.name = "order",
             .default_value = "as-sent",
             .summary = "of delivery at the end",
             .choices = {"as-sent", "reverse", "shuffled"}}};
  }
  std::vector<Link> links(const Injection& injection, std::size_t cluster_size) const override {
    return boundary_links(injection, cluster_size);
  }
};

const base::Registered<FaultKind, Hold> registered;

}  // namespace
}  // namespace capsize::nemesis

// Messages on all links of the nodes: some step aside until later ones of their link went by.
#include "nemesis/faults/families/link_faults.h"

namespace capsize::nemesis {
namespace {

class Reorder final : public LinkFault {
 public:
  Reorder()
      : LinkFault("reorder", "lets later messages overtake some, on the same link", "reordered") {}

 private:
  Declared action() const override {
    using Type = Parameter::Type;
    return {probability(0.3, "of each message to step aside"),
            {.name = "gap",
             .type = Type::kCount,
             .otherwise = 1,
             .summary = "how many messages overtake it; with 1, neighbours swap",
             .least = 1,
             .most = 1000},
            {.name = "max",
             .type = Type::kDuration,
             .otherwise = "50ms",
             .summary = "it waits no longer"}};
  }
};

const base::Registered<FaultKind, Reorder> registered;

}  // namespace
}  // namespace capsize::nemesis

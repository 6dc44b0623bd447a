// Defers some messages on all links of the nodes until later ones of the same link have overtaken
// them.
#include "nemesis/faults/families/link_faults.h"

namespace capsize::nemesis {
namespace {

class Reorder final : public LinkFault {
 public:
  Reorder()
      : LinkFault("reorder", "lets later messages overtake some messages of their link",
                  "reordered") {}

 private:
  Declared action() const override {
    using Type = Parameter::Type;
    return {probability(0.3, "share of the messages that are deferred"),
            {.name = "gap",
             .type = Type::kCount,
             .default_value = 1,
             .summary = "how many messages overtake a deferred one; with 1, neighbours swap",
             .min = 1,
             .max = 1000},
            {.name = "max",
             .type = Type::kDuration,
             .default_value = "50ms",
             .summary = "longest time that a message is deferred"}};
  }
};

const base::Registered<FaultKind, Reorder> registered;

}  // namespace
}  // namespace capsize::nemesis

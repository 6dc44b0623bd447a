// Delays each message on all links of the nodes by a random time between min and max: constant
// latency if both are equal, jitter otherwise. Keeps the order unless `reorder` is set.
#include "nemesis/faults/families/link_faults.h"

namespace capsize::nemesis {
namespace {

class Delay final : public LinkFault {
 public:
  Delay() : LinkFault("delay", "delays each message by a time between min and max", "delayed") {}

 private:
  Declared action() const override {
    using Type = Parameter::Type;
    return {{.name = "min",
             .type = Type::kDuration,
             .default_value = "1ms",
             .summary = "shortest delay"},
            {.name = "max",
             .type = Type::kDuration,
             .default_value = "20ms",
             .summary = "longest delay"},
            {.name = "reorder",
             .type = Type::kFlag,
             .default_value = false,
             .summary = "whether messages may overtake one another"}};
  }
};

const base::Registered<FaultKind, Delay> registered;

}  // namespace
}  // namespace capsize::nemesis

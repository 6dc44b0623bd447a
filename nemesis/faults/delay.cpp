// Messages on all links of the nodes: holds each message back for a time between min and max.
// Latency where both are the same, jitter otherwise; the order stays unless `reorder`.
#include "nemesis/faults/families/link_faults.h"

namespace capsize::nemesis {
namespace {

class Delay final : public LinkFault {
 public:
  Delay()
      : LinkFault("delay", "holds each message back for a time between min and max", "delayed") {}

 private:
  Declared action() const override {
    using Type = Parameter::Type;
    return {{.name = "min", .type = Type::kDuration, .otherwise = "1ms", .summary = "shortest"},
            {.name = "max", .type = Type::kDuration, .otherwise = "20ms", .summary = "longest"},
            {.name = "reorder",
             .type = Type::kFlag,
             .otherwise = false,
             .summary = "whether a message may overtake others"}};
  }
};

const base::Registered<FaultKind, Delay> registered;

}  // namespace
}  // namespace capsize::nemesis

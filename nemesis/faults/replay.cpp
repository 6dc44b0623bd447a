// Replays old messages on all links of the nodes: a uniform sample of those since the fault began.
#include "nemesis/faults/families/link_faults.h"

namespace capsize::nemesis {
namespace {

class Replay final : public LinkFault {
 public:
  Replay()
      : LinkFault("replay", "replays old messages, including those of old terms", "replayed") {}

 private:
  Declared action() const override {
    using Type = Parameter::Type;
    return {probability(0.3, "of a replay with each message"),
            {.name = "keep",
             .type = Type::kCount,
             .default_value = 256,
             .summary = "how many messages of each link to sample",
             .min = 1,
             .max = 1024}};
  }
};

const base::Registered<FaultKind, Replay> registered;

}  // namespace
}  // namespace capsize::nemesis

// Messages on all links of the nodes: old ones come again, an even sample of all since the fault
// began.
#include "nemesis/faults/families/link_faults.h"

namespace capsize::nemesis {
namespace {

class Replay final : public LinkFault {
 public:
  Replay()
      : LinkFault("replay", "sends copies of old messages again, of terms long over too",
                  "replayed") {}

 private:
  Declared action() const override {
    using Type = Parameter::Type;
    return {probability(0.3, "with each message"),
            {.name = "keep",
             .type = Type::kCount,
             .otherwise = 256,
             .summary = "old messages of each link",
             .least = 1,
             .most = 1024}};
  }
};

const base::Registered<FaultKind, Replay> registered;

}  // namespace
}  // namespace capsize::nemesis

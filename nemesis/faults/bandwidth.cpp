// Limits the bandwidth of every link of the nodes: excess messages wait in a queue, and are lost
// when it is full.
#include "nemesis/faults/families/link_faults.h"

namespace capsize::nemesis {
namespace {

class Bandwidth final : public LinkFault {
 public:
  Bandwidth()
      : LinkFault("bandwidth", "limits the bytes per second of each link, with a bounded queue",
                  "throttled") {}

 private:
  Declared action() const override {
    using Type = Parameter::Type;
    return {{.name = "bytes-per-second",
             .type = Type::kCount,
             .default_value = 200'000,
             .summary = "bandwidth of each link in each direction",
             .min = 1},
            {.name = "queue-bytes",
             .type = Type::kCount,
             .default_value = 65536,
             .summary = "size of the queue in front of each link",
             .min = 1}};
  }
};

const base::Registered<FaultKind, Bandwidth> registered;

}  // namespace
}  // namespace capsize::nemesis

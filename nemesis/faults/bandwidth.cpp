// All links of the nodes are narrow: what comes faster waits in a queue, what finds it full is
// lost.
#include "nemesis/faults/families/link_faults.h"

namespace capsize::nemesis {
namespace {

class Bandwidth final : public LinkFault {
 public:
  Bandwidth()
      : LinkFault("bandwidth", "bounds the bytes a second of each link, with a queue in front",
                  "throttled") {}

 private:
  Declared action() const override {
    using Type = Parameter::Type;
    return {{.name = "bytes-per-second",
             .type = Type::kCount,
             .otherwise = 200'000,
             .summary = "of each link, each way",
             .least = 1},
            {.name = "queue-bytes",
             .type = Type::kCount,
             .otherwise = 65536,
             .summary = "that wait in front of it",
             .least = 1}};
  }
};

const base::Registered<FaultKind, Bandwidth> registered;

}  // namespace
}  // namespace capsize::nemesis

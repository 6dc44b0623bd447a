// Flips bits of messages on all links of the nodes. At most three: CRC32C detects every error of up
// to three bits, so only a node that does not verify checksums applies a corrupted message.
#include "nemesis/faults/families/link_faults.h"

namespace capsize::nemesis {
namespace {

class Corrupt final : public LinkFault {
 public:
  Corrupt()
      : LinkFault("corrupt", "flips bits of messages, which the receiver must reject",
                  "corrupted") {}

 private:
  Declared action() const override {
    using Type = Parameter::Type;
    return {probability(0.1, "share of the messages"),
            {.name = "bits",
             .type = Type::kCount,
             .default_value = 1,
             .summary = "how many bits of a message",
             .min = 1,
             .max = 3}};
  }
};

const base::Registered<FaultKind, Corrupt> registered;

}  // namespace
}  // namespace capsize::nemesis

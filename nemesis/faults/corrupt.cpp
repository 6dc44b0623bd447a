// Messages on all links of the nodes: bits are flipped. The checksum of the receiver finds each of
// them (up to three bits always), so that a node that applies one is a node that does not check.
#include "nemesis/faults/families/link_faults.h"

namespace capsize::nemesis {
namespace {

class Corrupt final : public LinkFault {
 public:
  Corrupt()
      : LinkFault("corrupt", "flips bits of messages, which the receiver must refuse",
                  "corrupted") {}

 private:
  Declared action() const override {
    using Type = Parameter::Type;
    return {probability(0.1, "of each message"),
            {.name = "bits",
             .type = Type::kCount,
             .otherwise = 1,
             .summary = "that are flipped",
             .least = 1,
             .most = 3}};
  }
};

const base::Registered<FaultKind, Corrupt> registered;

}  // namespace
}  // namespace capsize::nemesis

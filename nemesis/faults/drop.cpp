// Loses each message on all links of the nodes with the given probability.
#include "nemesis/faults/families/link_faults.h"

namespace capsize::nemesis {
namespace {

class Drop final : public LinkFault {
 public:
  Drop() : LinkFault("drop", "loses each message with the given probability", "discarded") {}

 private:
  Declared action() const override { return {probability(0.2, "share of the messages")}; }
};

const base::Registered<FaultKind, Drop> registered;

}  // namespace
}  // namespace capsize::nemesis

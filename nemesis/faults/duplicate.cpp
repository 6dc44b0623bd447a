// Delivers each message on all links of the nodes twice with the given probability.
#include "nemesis/faults/families/link_faults.h"

namespace capsize::nemesis {
namespace {

class Duplicate final : public LinkFault {
 public:
  Duplicate()
      : LinkFault("duplicate", "delivers each message twice with the given probability",
                  "duplicated") {}

 private:
  Declared action() const override { return {probability(0.3, "share of the messages")}; }
};

const base::Registered<FaultKind, Duplicate> registered;

}  // namespace
}  // namespace capsize::nemesis

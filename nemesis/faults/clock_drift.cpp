// A clock that runs fast or slow.
#include "nemesis/faults/families/control_faults.h"

namespace capsize::nemesis {
namespace {

class ClockDrift final : public ClockFault {
 public:
  ClockDrift() : ClockFault("clock-drift", "the node's clock runs at another rate") {}
  Declared parameters() const override {
    return {{.name = "rate",
             .type = Parameter::Type::kNumber,
             .default_value = 1.5,
             .summary = "1 is correct, 2 is twice as fast",
             .min = 0.01,
             .max = 100}};
  }

 private:
  base::Json request(const base::Json& params) const override {
    return {{"op", "clock"}, {"rate", params["rate"]}};
  }
};

const base::Registered<FaultKind, ClockDrift> registered;

}  // namespace
}  // namespace capsize::nemesis

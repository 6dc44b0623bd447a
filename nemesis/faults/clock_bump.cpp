// A clock that jumps. Forward takes effect at once; backward means that the clock stops for that
// long, because a monotonic clock never goes back (node/app/clock.h).
#include "nemesis/faults/families/control_faults.h"

namespace capsize::nemesis {
namespace {

class ClockBump final : public ClockFault {
 public:
  ClockBump() : ClockFault("clock-bump", "the node's clock jumps forward, or stops for a time") {}
  Declared parameters() const override {
    return {{.name = "by",
             .type = Parameter::Type::kDuration,
             .default_value = "500ms",
             .summary = "the jump; with \"-500ms\" the clock stops for 500 ms"}};
  }

 private:
  base::Json request(const base::Json& params) const override {
    return {{"op", "clock"}, {"bump", params["by"]}};
  }
};

const base::Registered<FaultKind, ClockBump> registered;

}  // namespace
}  // namespace capsize::nemesis

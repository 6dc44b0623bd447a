// A clock that jumps. Forward at once; back means that it stands still, for a monotonic clock never
// goes back (node/app/clock.h).
#include "nemesis/faults/families/control_faults.h"

namespace capsize::nemesis {
namespace {

class ClockBump final : public ClockFault {
 public:
  ClockBump() : ClockFault("clock-bump", "the node's clock jumps, or stands still for as long") {}
  Declared parameters() const override {
    return {{.name = "by",
             .type = Parameter::Type::kDuration,
             .otherwise = "500ms",
             .summary = "\"-500ms\": it stands still for 500 ms"}};
  }

 private:
  base::Json request(const base::Json& params) const override {
    return {{"op", "clock"}, {"bump", params["by"]}};
  }
};

const base::Registered<FaultKind, ClockBump> registered;

}  // namespace
}  // namespace capsize::nemesis

// Clocks. Raft needs them for liveness only, unless leases are on.
#include "nemesis/plan/strategy.h"

namespace capsize::nemesis {
namespace {

using namespace std::chrono_literals;

class Clock final : public Strategy {
 public:
  std::string_view name() const override { return "clock"; }
  std::string_view summary() const override { return "clocks jump, stop, and run fast or slow"; }
  std::vector<FaultSpec> faults() const override {
    return {
        {.kind = "clock-bump", .target = Target::kLeader, .params = {{"by", "1s"}}},
        {.kind = "clock-bump", .target = Target::kLeader, .params = {{"by", "-400ms"}}},
        {.kind = "clock-bump", .target = Target::kMinority, .params = {{"by", "300ms"}}},
        {.kind = "clock-strobe", .target = Target::kOne},
        {.kind = "clock-drift", .target = Target::kLeader, .params = {{"rate", 0.2}}},
        {.kind = "clock-drift", .target = Target::kFollowers, .params = {{"rate", 3.0}}},
    };
  }
};

const base::Registered<Strategy, Clock> registered;

}  // namespace
}  // namespace capsize::nemesis

// Shutdowns and restarts of every sort.
#include "nemesis/plan/strategy.h"

namespace capsize::nemesis {
namespace {

using namespace std::chrono_literals;

class Restarts final : public Strategy {
 public:
  std::string_view name() const override { return "restarts"; }
  std::string_view summary() const override {
    return "nodes stop and restart: gracefully, in turns, in storms, and during startup";
  }
  std::vector<FaultSpec> faults() const override {
    return {
        {.kind = "stop", .target = Target::kLeader},
        {.kind = "rolling-restart",
         .target = Target::kAll,
         .hold_min = 1500ms,
         .hold_max = 1600ms,
         .needs_full_hold = true},
        {.kind = "restart-storm", .target = Target::kMinority},
        {.kind = "restart-storm",
         .target = Target::kMinority,
         .params = {{"together", true}, {"period", "250ms"}}},
        {.kind = "crash-at-start", .target = Target::kOne},
        {.kind = "slow", .target = Target::kLeader},
        {.kind = "snapshot", .target = Target::kLeader, .hold_min = 10ms, .hold_max = 20ms},
    };
  }
};

const base::Registered<Strategy, Restarts> registered;

}  // namespace
}  // namespace capsize::nemesis

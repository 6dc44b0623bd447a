// A bad network, for longer than other faults last, so that they happen on top of it.
#include "nemesis/plan/strategy.h"

namespace capsize::nemesis {
namespace {

using namespace std::chrono_literals;

class FlakyLinks final : public Strategy {
 public:
  std::string_view name() const override { return "flaky-links"; }
  std::string_view summary() const override { return "messages are lost, delayed or duplicated"; }
  bool by_default() const override { return true; }
  std::vector<FaultSpec> faults() const override {
    return {
        {.kind = "drop",
         .target = Target::kAll,
         .params = {{"probability", 0.1}},
         .hold_min = 1500ms,
         .hold_max = 2500ms},
        {.kind = "drop",
         .target = Target::kLeader,
         .params = {{"probability", 0.3}},
         .hold_min = 1000ms,
         .hold_max = 2000ms},
        {.kind = "delay",
         .target = Target::kFollowers,
         .params = {{"min", "1ms"}, {"max", "20ms"}},
         .hold_min = 1500ms,
         .hold_max = 2500ms},
        {.kind = "duplicate",
         .target = Target::kAll,
         .params = {{"probability", 0.3}},
         .hold_min = 1500ms,
         .hold_max = 2500ms},
    };
  }
};

const base::Registered<Strategy, FlakyLinks> registered;

}  // namespace
}  // namespace capsize::nemesis

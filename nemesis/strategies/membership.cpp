// Membership changes and leadership transfers under load.
#include "nemesis/plan/strategy.h"

namespace capsize::nemesis {
namespace {

using namespace std::chrono_literals;

class Membership final : public Strategy {
 public:
  std::string_view name() const override { return "membership"; }
  std::string_view summary() const override {
    return "the cluster grows, shrinks, replaces members and transfers leadership";
  }
  std::vector<FaultSpec> faults() const override {
    return {
        {.kind = "shrink", .target = Target::kLeader},
        {.kind = "shrink", .target = Target::kOne},
        {.kind = "replace", .target = Target::kLeader},
        {.kind = "replace", .target = Target::kOne},
        {.kind = "grow", .target = Target::kOne, .hold_min = 800ms, .hold_max = 1500ms},
        {.kind = "transfer", .target = Target::kOne, .hold_min = 10ms, .hold_max = 20ms},
        {.kind = "transfer", .target = Target::kOne, .hold_min = 10ms, .hold_max = 20ms},
    };
  }
  std::size_t spares() const override { return 1; }
};

const base::Registered<Strategy, Membership> registered;

}  // namespace
}  // namespace capsize::nemesis

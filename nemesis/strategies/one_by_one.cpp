// A fault, full recovery, the next fault. A script and not a fault plan, because the next fault
// waits for the recovery. Measures recovery time, at up to a hundred faults a minute.
#include <array>

#include "nemesis/plan/strategy.h"

namespace capsize::nemesis {
namespace {

using namespace std::chrono_literals;

class OneByOneScript final : public Script {
 public:
  std::optional<Phase> next(const Situation& situation, base::Prng& prng) override {
    constexpr std::array<const char*, 3> kKinds = {"kill", "pause", "cut"};
    PlannedFault fault{.spec = {.kind = kKinds[situation.phases % kKinds.size()],
                                .target = prng.chance(0.5) ? Target::kLeader : Target::kOne,
                                .planned_by = "one-by-one"},
                       .hold = prng.between(200ms, 400ms)};
    return Phase{.when = Anchor{"recovered"}, .faults = {std::move(fault)}};
  }
};

class OneByOne final : public Strategy {
 public:
  std::string_view name() const override { return "one-by-one"; }
  std::string_view summary() const override {
    return "kill, pause and cut in turn, each after a write through every node";
  }
  std::unique_ptr<Script> script() const override { return std::make_unique<OneByOneScript>(); }
};

const base::Registered<Strategy, OneByOne> registered;

}  // namespace
}  // namespace capsize::nemesis

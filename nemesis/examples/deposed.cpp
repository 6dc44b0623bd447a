// The leader is paused until another node leads, then it resumes. Three times.
#include "nemesis/plan/strategy.h"

namespace capsize::nemesis {
namespace {

using namespace std::chrono_literals;

class DeposedScript final : public Script {
 public:
  std::optional<Phase> next(const Situation& situation, base::Prng&) override {
    if (situation.installed >= 3) return std::nullopt;
    PlannedFault pause{.spec = {.kind = "pause", .target = Target::kLeader},
                       .hold = 2s,
                       .until = Anchor{"leader"}};
    return Phase{.when = Anchor{"acknowledged", {{"count", 100}}}, .faults = {pause}};
  }
};

class Deposed final : public Strategy {
 public:
  std::string_view name() const override { return "deposed"; }
  std::string_view summary() const override {
    return "leaders are paused until another node leads";
  }
  std::unique_ptr<Script> script() const override { return std::make_unique<DeposedScript>(); }
};

const base::Registered<Strategy, Deposed> registered;

}  // namespace
}  // namespace capsize::nemesis

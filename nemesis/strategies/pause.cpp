// Pauses longer than an election: a paused leader resumes deposed, and must not serve as leader.
#include "nemesis/plan/strategy.h"

namespace capsize::nemesis {
namespace {

using namespace std::chrono_literals;

class Pause final : public Strategy {
 public:
  std::string_view name() const override { return "pause"; }
  std::string_view summary() const override {
    return "nodes are paused (SIGSTOP) and resumed (SIGCONT)";
  }
  bool by_default() const override { return true; }
  std::vector<FaultSpec> faults() const override {
    return {
        {.kind = "pause", .target = Target::kLeader},
        {.kind = "pause", .target = Target::kLeader},
        {.kind = "pause", .target = Target::kMinority},
        {.kind = "pause", .target = Target::kMajority, .hold_min = 400ms, .hold_max = 800ms},
    };
  }
};

const base::Registered<Strategy, Pause> registered;

}  // namespace
}  // namespace capsize::nemesis

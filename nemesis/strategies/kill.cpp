// SIGKILL: the leader twice, a random node, a minority at once, all nodes.
#include "nemesis/plan/strategy.h"

namespace capsize::nemesis {
namespace {

using namespace std::chrono_literals;

class Kill final : public Strategy {
 public:
  std::string_view name() const override { return "kill"; }
  std::string_view summary() const override {
    return "nodes are killed (SIGKILL) and restart from their disks";
  }
  bool by_default() const override { return true; }
  std::vector<FaultSpec> faults() const override {
    return {
        {.kind = "kill", .target = Target::kLeader},
        {.kind = "kill", .target = Target::kLeader},
        {.kind = "kill", .target = Target::kOne},
        {.kind = "kill", .target = Target::kMinority},
        {.kind = "kill", .target = Target::kAll, .hold_min = 200ms, .hold_max = 500ms},
    };
  }
};

const base::Registered<Strategy, Kill> registered;

}  // namespace
}  // namespace capsize::nemesis

// Partitions: the leader alone, twice; a random node; a minority; and the leader in one direction,
// where it cannot send or cannot receive.
#include "nemesis/plan/strategy.h"

namespace capsize::nemesis {
namespace {

using namespace std::chrono_literals;

class Partition final : public Strategy {
 public:
  std::string_view name() const override { return "partition"; }
  std::string_view summary() const override {
    return "the network splits: one node, a minority, one direction";
  }
  bool by_default() const override { return true; }
  std::vector<FaultSpec> faults() const override {
    return {
        {.kind = "cut", .target = Target::kLeader},
        {.kind = "cut", .target = Target::kLeader},
        {.kind = "cut", .target = Target::kOne},
        {.kind = "cut", .target = Target::kMinority},
        {.kind = "cut", .target = Target::kLeader, .params = {{"direction", "outbound"}}},
        {.kind = "cut", .target = Target::kLeader, .params = {{"direction", "inbound"}}},
    };
  }
};

const base::Registered<Strategy, Partition> registered;

}  // namespace
}  // namespace capsize::nemesis

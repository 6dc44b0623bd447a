// Disk faults that Raft must survive: synced data stays on every node that votes. Faults that break
// this assumption (a damaged node that votes, a crash after a lying sync) are left out.
#include "nemesis/plan/strategy.h"

namespace capsize::nemesis {
namespace {

using namespace std::chrono_literals;

class Disk final : public Strategy {
 public:
  std::string_view name() const override { return "disk"; }
  std::string_view summary() const override {
    return "disks lose, tear and corrupt data, fail, stall and lie; a correct cluster survives";
  }
  std::vector<FaultSpec> faults() const override {
    return {
        // A crash at a random moment finds everything synced: a sync takes less than a millisecond.
        // So the disks stall before the power fails, and what is acknowledged too early is lost.
        {.kind = "lose-unsynced",
         .target = Target::kAll,
         .params = {{"stall", "100ms"}},
         .hold_min = 100ms,
         .hold_max = 300ms},
        {.kind = "lose-unsynced",
         .target = Target::kLeaderMinority,
         .params = {{"stall", "50ms"}},
         .hold_min = 200ms,
         .hold_max = 600ms},
        {.kind = "torn-write",
         .target = Target::kMinority,
         .params = {{"keep", 0.7}, {"stall", "50ms"}}},
        {.kind = "disk-error", .target = Target::kLeader, .params = {{"call", "sync"}}},
        {.kind = "disk-error", .target = Target::kOne, .params = {{"call", "rename"}}},
        {.kind = "disk-full", .target = Target::kOne, .params = {{"error", "short"}}},
        {.kind = "slow-disk", .target = Target::kMinority},
        {.kind = "stalled-disk", .target = Target::kLeader},
        {.kind = "lying-disk", .target = Target::kOne},
        {.kind = "bit-flip", .target = Target::kOne},
        {.kind = "truncate-log", .target = Target::kFollower},
        {.kind = "rollback-log", .target = Target::kLeader},
    };
  }
};

const base::Registered<Strategy, Disk> registered;

}  // namespace
}  // namespace capsize::nemesis

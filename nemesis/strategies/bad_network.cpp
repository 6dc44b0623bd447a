// What networks do to messages beyond losing and delaying them, for longer than other faults; and
// held messages that arrive all at once, in any order, when their senders have given them up.
#include "nemesis/plan/strategy.h"

namespace capsize::nemesis {
namespace {

using namespace std::chrono_literals;

class BadNetwork final : public Strategy {
 public:
  std::string_view name() const override { return "bad-network"; }
  std::string_view summary() const override {
    return "messages are reordered, corrupted, held back, replayed or throttled";
  }
  std::vector<FaultSpec> faults() const override {
    return {
        {.kind = "reorder", .target = Target::kAll, .hold_min = 1500ms, .hold_max = 2500ms},
        {.kind = "corrupt", .target = Target::kAll, .hold_min = 1500ms, .hold_max = 2500ms},
        // What changes logs: among all messages a sample has hardly any of them, and no snapshot.
        {.kind = "replay",
         .target = Target::kAll,
         .hold_min = 1500ms,
         .hold_max = 2500ms,
         .only = {{"types", base::Json::array({"AppendEntries", "InstallSnapshot"})}}},
        {.kind = "bandwidth", .target = Target::kLeader, .hold_min = 1000ms, .hold_max = 2000ms},
        {.kind = "hold", .target = Target::kLeader, .params = {{"order", "shuffled"}}},
        // Another leader is elected meanwhile, and gets the entries of its predecessor.
        {.kind = "hold",
         .target = Target::kLeader,
         .params = {{"direction", "outbound"}},
         .only = {{"types", base::Json::array({"AppendEntries", "Heartbeat"})}}},
        {.kind = "hold", .target = Target::kOne, .params = {{"order", "reverse"}}},
    };
  }
};

const base::Registered<Strategy, BadNetwork> registered;

}  // namespace
}  // namespace capsize::nemesis

// Sequences of faults in which each prepares the next, as published failures had them: a node is
// behind when another one loses data and the leader dies; a deposed leader returns when the others
// have long compacted their logs. Faults that are drawn one by one hardly ever follow one another
// like this, so the mixture `all` runs this script with some seeds instead of a schedule.
#include <vector>

#include "base/check.h"
#include "base/json.h"
#include "nemesis/plan/phases.h"
#include "nemesis/plan/strategy.h"

namespace capsize::nemesis {
namespace {

constexpr std::size_t kNodes = 2;  // no phase names a node

// A power failure finds unsynced writes only while a sync takes its time: the disks stall first.
constexpr const char* kPhases = R"([
  {"name": "power failures", "when": {"acknowledged": {"count": 50}},
   "faults": [
     {"kind": "lose-unsynced", "target": "all", "params": {"stall": "100ms"},
      "beyond-minority": true, "hold": ["20ms", "100ms"]}]},

  {"name": "a deposed leader wakes up", "when": {"acknowledged": {"count": 50}},
   "faults": [
     {"kind": "cut", "target": "leader", "label": "deposed", "hold": "1900ms"},
     {"kind": "pause", "target": {"same-as": "deposed"}, "hold": "1500ms"}]},

  {"name": "one is down, one is damaged, the leader dies", "at-most": "4s",
   "when": {"acknowledged": {"count": 50}},
   "faults": [
     {"kind": "kill", "target": "follower", "label": "down", "hold": "3s",
      "until": {"fault": {"label": "dead"}}},
     {"kind": "bit-flip", "target": "follower", "params": {"rejoin": true}, "label": "damaged",
      "beyond-minority": true, "when": {"acknowledged": {"count": 100}}, "within": "2s",
      "hold": "900ms"},
     {"kind": "kill", "target": "leader", "label": "dead", "beyond-minority": true,
      "when": {"fault": {"label": "damaged"}}, "after": "50ms", "within": "3s", "hold": "700ms"}]},

  {"name": "late acknowledgements reach a deposed leader", "when": {"acknowledged": {"count": 50}},
   "faults": [
     {"kind": "delay", "target": "leader", "label": "late", "hold": "2s",
      "params": {"direction": "inbound", "min": "500ms", "max": "500ms"},
      "only": {"types": ["AppendEntriesReply"]}},
     {"kind": "cut", "target": {"same-as": "late"}, "after": "900ms", "hold": "800ms",
      "only": {"types": ["RequestVote", "RequestVoteReply", "PreVote", "PreVoteReply",
                         "AppendEntries", "Heartbeat", "ReadIndexRequest", "ReadIndexReply",
                         "Forward", "ForwardReply"]}}]},

  {"name": "a copy of a snapshot is late", "when": {"acknowledged": {"count": 50}}, "at-most": "8s",
   "faults": [
     {"kind": "duplicate", "target": "all", "params": {"probability": 1}, "hold": "7s",
      "only": {"types": ["InstallSnapshot", "AppendEntries"]},
      "until": {"fault": {"label": "then"}}},
     {"kind": "delay", "target": "all", "only": {"types": ["InstallSnapshot", "ReadIndexReply"]},
      "params": {"min": "1ms", "max": "1500ms", "reorder": true}, "hold": "7s",
      "until": {"fault": {"label": "then"}}},
     {"kind": "kill", "target": "follower", "label": "behind", "hold": "3s",
      "until": {"snapshot": {"of": "own", "count": 6}}},
     {"kind": "snapshot", "target": "follower", "label": "other", "hold": "1ms",
      "when": {"fault": {"label": "behind"}}},
     {"kind": "cut", "target": {"same-as": "other"},
      "beyond-minority": true, "when": {"snapshot": {"of": "sent"}}, "after": "100ms",
      "within": "4s", "hold": "4s", "label": "apart", "until": {"fault": {"label": "then"}}},
     {"kind": "kill", "target": "leader", "label": "then", "beyond-minority": true,
      "when": {"fault": {"label": "apart"}}, "after": "1600ms", "within": "5s", "hold": "700ms"}]},

  {"name": "a deposed leader returns to compacted logs", "when": {"acknowledged": {"count": 50}},
   "at-most": "6s",
   "faults": [
     {"kind": "cut", "target": "leader", "label": "old", "hold": "3s",
      "until": {"snapshot": {"of": "own", "count": 4}}},
     {"kind": "delay", "target": {"same-as": "old"}, "when": {"fault": {"label": "old"}},
      "params": {"direction": "outbound", "min": "100ms", "max": "100ms"}, "hold": "5s",
      "only": {"types": ["AppendEntriesReply", "InstallSnapshotReply"]},
      "until": {"fault": {"label": "again"}}},
     {"kind": "cut", "target": {"same-as": "old"}, "when": {"snapshot": {"of": "sent"}},
      "label": "again", "within": "4s", "hold": "1300ms"}]},

  {"name": "old entries arrive again, and the leader dies", "when": {"acknowledged": {"count": 50}},
   "at-most": "4s",
   "faults": [
     {"kind": "replay", "target": "leader", "params": {"probability": 0.3}, "label": "copies",
      "only": {"types": ["AppendEntries"]}, "hold": "2s", "until": {"fault": {"label": "gone"}}},
     {"kind": "kill", "target": "leader", "label": "gone", "when": {"fault": {"label": "copies"}},
      "after": "300ms", "hold": "600ms"}]}
])";

/// Runs the phases in a new random order each time, so that a run too short for all of them leaves
/// out others with each seed.
class ShuffledScript final : public Script {
 public:
  explicit ShuffledScript(std::vector<PhasePlan> phases) {
    for (PhasePlan& phase : phases) {
      phases_.push_back(make_script({std::move(phase)}, kRepeatMax));
    }
  }
  std::optional<Phase> next(const Situation& situation, base::Prng& prng) override {
    if (waiting_.empty()) {
      for (std::size_t i = 0; i < phases_.size(); ++i) waiting_.push_back(i);
    }
    const auto chosen = waiting_.begin() + static_cast<std::ptrdiff_t>(prng.below(waiting_.size()));
    Script& phase = *phases_[*chosen];
    waiting_.erase(chosen);
    return phase.next(situation, prng);
  }

 private:
  std::vector<std::unique_ptr<Script>> phases_;
  std::vector<std::size_t> waiting_;  // have not run yet in this order
};

class Sequences final : public Strategy {
 public:
  std::string_view name() const override { return "sequences"; }
  std::string_view summary() const override {
    return "known dangerous sequences: power failures, damage while a node is behind, late returns";
  }
  std::unique_ptr<Script> script() const override {
    auto parsed = parse_phases(base::Json::parse(kPhases), kNodes);
    CHECK(parsed.ok(), "the phases of a strategy are valid");
    return std::make_unique<ShuffledScript>(std::move(parsed.phases));
  }
  bool replaces_schedule() const override { return true; }
};

const base::Registered<Strategy, Sequences> registered;

}  // namespace
}  // namespace capsize::nemesis

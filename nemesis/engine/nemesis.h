// Carries out what the scripts ask for: begins each fault when its time or its anchor has come and
// the cluster allows it, heals it when its hold is over, and writes down both with evidence. Pure
// but for the Cluster: time is told, so the same object runs in tests without waiting.
//
// Each script has a lane of its own; what may overlap between them is decided in one place
// (lane.h). A fault that finds no candidate waits for one, as long as its patience lasts, and
// is skipped with the reason after that.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/prng.h"
#include "base/time.h"
#include "nemesis/engine/script_runner.h"
#include "nemesis/model/cluster.h"

namespace capsize::nemesis {

/// Scripts draw from hash(seed, this, number of the script).
inline constexpr std::string_view kScriptStream = "nemesis-script";

/// One fault from its begin to its end, for the summary and the checks.
struct FaultRecord {
  std::shared_ptr<const PlannedFault> fault;
  std::vector<Node> nodes = {};
  FaultState state = FaultState::kPlanned;
  std::string reason = {};
  base::Duration begin{};
  base::Duration end{};
  std::optional<base::Duration> effect = {};  // from the decision until the effect was seen
  base::Json evidence = base::Json::object();
};

class Nemesis {
 public:
  using Log = std::function<void(const FaultEvent&)>;

  Nemesis(std::vector<std::unique_ptr<Script>> scripts, Cluster& cluster, std::uint64_t seed,
          Log log);

  /// Does what is due at `now` (since the start of the load) and returns when it wants to be called
  /// again at the latest; nothing when all is done.
  std::optional<base::Duration> step(base::Duration now);
  /// Heals everything active and skips what has not begun. Idempotent.
  void stop(base::Duration now, const std::string& reason);
  /// One more script, in a lane of its own.
  void add(std::unique_ptr<Script> script);
  /// For interactive control: an anchor that no fault waits for.
  [[nodiscard]] std::unique_ptr<WatchList::Handle> arm(const Anchor& anchor, base::Duration now) {
    return watches_.arm(anchor, now);
  }
  /// Fires the anchors that wait for this trigger.
  void trigger(const std::string& name) { watches_.trigger(name); }

  [[nodiscard]] const std::vector<FaultRecord>& records() const { return records_; }
  /// After stop(): phases of a scenario that never started, in their order.
  [[nodiscard]] const std::vector<std::string>& unreached_phases() const { return unreached_; }
  /// "pause n2, cut n1", for the progress line.
  [[nodiscard]] std::string active() const;

 private:
  void heal_due(base::Duration now);
  void pulse_due(base::Duration now);
  void advance(std::size_t script, base::Duration now);
  void ask_for_phase(std::size_t script, base::Duration now);
  void begin_due(std::size_t script, base::Duration now);
  bool try_begin(const Waiting& waiting, std::size_t script, base::Duration now,
                 std::string& reason);
  void begin_on(const Waiting& waiting, std::size_t script, std::vector<Node> nodes,
                std::vector<Node> peers, base::Duration now);
  void skip(const std::shared_ptr<const PlannedFault>& fault, base::Duration now,
            const std::string& reason);
  /// Heals what the lane has active and skips what it has waiting.
  void close(std::size_t script, base::Duration now, const std::string& reason);
  void end(ActiveFault& active, base::Duration now);
  void end_where(base::Duration now, const std::function<bool(ActiveFault&)>& chosen);
  [[nodiscard]] bool in_play(std::size_t script) const;

  Cluster& cluster_;
  base::Prng targets_;
  std::uint64_t seed_;
  Log log_;
  WatchList watches_;  // outlives lanes and active faults, which hold handles of it
  std::vector<ScriptRunner> runners_;
  std::vector<base::Prng> choices_;  // one stream a script
  std::vector<ActiveFault> active_;
  std::vector<FaultRecord> records_;
  std::map<std::string, std::vector<Node>> targets_by_label_;  // whom a labelled fault met
  std::uint64_t next_id_ = 1;
  std::uint64_t phases_ = 0;
  std::vector<std::string> unreached_;
};

}  // namespace capsize::nemesis

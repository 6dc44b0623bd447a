// The engine: begins each fault when it is due, or its anchor fires, and nothing conflicts; heals
// it when its hold is over; and logs both with evidence. Pure but for the Cluster: the caller
// passes the time, so tests run it without waiting. One thread.
//
// Each script has its own runner, and the runners advance independently; script_runner.h decides
// which faults may overlap. A fault without eligible nodes waits for them up to its patience, and
// is then skipped with the reason.
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

/// Script number n draws from the random stream hash(seed, kScriptStream, n).
inline constexpr std::string_view kScriptStream = "nemesis-script";

/// What happened to one fault, for the summary and the checks.
struct FaultRecord {
  std::shared_ptr<const PlannedFault> fault;
  std::vector<Node> nodes = {};
  FaultState state = FaultState::kPlanned;
  std::string reason = {};
  base::Duration begin{};
  base::Duration end{};
  std::optional<base::Duration> effect = {};  // from the decision until the effect was observed
  base::Json evidence = base::Json::object();
};

class Nemesis {
 public:
  using Log = std::function<void(const FaultEvent&)>;

  Nemesis(std::vector<std::unique_ptr<Script>> scripts, Cluster& cluster, std::uint64_t seed,
          Log log);

  /// Does what is due at `now` (since the workload started). Returns when it must be called again
  /// at the latest; nothing: all scripts are done and all faults healed.
  std::optional<base::Duration> step(base::Duration now);
  /// Heals the active faults and skips the pending ones with this reason. Idempotent.
  void stop(base::Duration now, const std::string& reason);
  /// Adds a script with a runner of its own.
  void add(std::unique_ptr<Script> script);
  /// Arms an anchor that no fault waits for; for interactive control.
  [[nodiscard]] std::unique_ptr<WatchList::Handle> arm(const Anchor& anchor, base::Duration now) {
    return watches_.arm(anchor, now);
  }
  /// Fires the armed anchors that wait for this trigger.
  void trigger(const std::string& name) { watches_.trigger(name); }

  [[nodiscard]] const std::vector<FaultRecord>& records() const { return records_; }
  /// After stop(): the phases of a scenario that never started, in order.
  [[nodiscard]] const std::vector<std::string>& unreached_phases() const { return unreached_; }
  /// The active faults as "pause n2, cut n1", for the progress line.
  [[nodiscard]] std::string active() const;

 private:
  void heal_due(base::Duration now);
  void pulse_due(base::Duration now);
  void advance(std::size_t script, base::Duration now);
  void request_phase(std::size_t script, base::Duration now);
  void begin_due(std::size_t script, base::Duration now);
  bool try_begin(const PendingFault& pending, std::size_t script, base::Duration now,
                 std::string& reason);
  void begin_on(const PendingFault& pending, std::size_t script, std::vector<Node> nodes,
                std::vector<Node> peers, base::Duration now);
  void skip(const std::shared_ptr<const PlannedFault>& fault, base::Duration now,
            const std::string& reason);
  /// Heals the script's active faults and skips its pending ones.
  void end_phase(std::size_t script, base::Duration now, const std::string& reason);
  void end(ActiveFault& active, base::Duration now);
  void end_where(base::Duration now, const std::function<bool(ActiveFault&)>& chosen);
  [[nodiscard]] bool has_unfinished_faults(std::size_t script) const;

  Cluster& cluster_;
  base::Prng targets_;
  std::uint64_t seed_;
  Log log_;
  WatchList watches_;  // declared before the runners and active faults, which own handles of it
  std::vector<ScriptRunner> runners_;
  std::vector<base::Prng> choices_;  // one random stream for each script
  std::vector<ActiveFault> active_;
  std::vector<FaultRecord> records_;
  std::map<std::string, std::vector<Node>> targets_by_label_;  // of the labelled faults that began
  std::uint64_t next_id_ = 1;
  std::uint64_t phases_ = 0;
  std::vector<std::string> unreached_;
};

}  // namespace capsize::nemesis

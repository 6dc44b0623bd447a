// RunWatch: the state of a run in progress, from the files that it is writing.
//
// It needs nothing from the process of the run but its run directory (docs/FORMATS.md, The run
// directory), so it can watch from another process, start in the middle and outlive the run. A call
// of poll() reads what was appended since the last one, at most some MiB, so a watch that begins
// late catches up over several calls; RunSnapshot says how far it has come. A file that is missing
// has nothing to say yet; one that was replaced or became shorter is read anew.
//
// Traces are not read completely: each line has role and term, so of more than a few MiB only the
// end is read. The history is, since the streaming checker and the counts need all of it.
//
// All texts are data from files, of bounded length, and may hold anything: make them printable
// before they reach a terminal (base/printable.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "base/time.h"
#include "harness/client/statistics.h"

namespace capsize::harness {

enum class RunStage : std::uint8_t {
  kStarting,  ///< no operation yet
  kLoad,      ///< clients are at work, or faults are being healed after the load
  kJudging,   ///< the time of the load has passed, and nothing was recorded for a second
  kEnded,     ///< results.json is there
  kKilled,    ///< its process is gone, and there are no results
};
/// "starting", "load", "judging", "ended", "killed".
[[nodiscard]] std::string_view name(RunStage stage);

enum class NodeState : std::uint8_t { kUp, kPaused, kDead };
/// "up", "paused", "dead".
[[nodiscard]] std::string_view name(NodeState state);

struct NodeNow {
  std::string name;  ///< "n1"
  std::string role;  ///< "leader", "follower", …; empty: its trace has no event yet
  std::uint64_t term = 0;
  std::uint64_t commit = 0;
  std::uint64_t incarnation = 0;
  /// As the evidence of the active faults and the trace say; a node that ended by itself counts as
  /// up until the harness ends the run, a moment later.
  NodeState state = NodeState::kUp;
  /// Since its last transition; zero if it has none.
  base::Duration silent{};
};

struct ActiveFault {
  std::uint64_t id = 0;
  std::string kind;
  std::vector<std::string> nodes;
  std::vector<std::string> peers;
  std::string planned_by;
  base::Duration begin{};  ///< since the start of the load
};

enum class CheckerState : std::uint8_t {
  kFollowing,   ///< everything that it has read is linearizable
  kViolated,    ///< final
  kUndecided,   ///< the streaming algorithm cannot decide this history; the run's own check may
  kNotForThis,  ///< not a workload of registers
};
/// "following", "violated", "undecided", "not for this workload".
[[nodiscard]] std::string_view name(CheckerState state);

/// The streaming checker (checker/streaming/streaming_check.h).
struct CheckerNow {
  CheckerState state = CheckerState::kFollowing;
  std::string sentence;          ///< of a violation: what happened; otherwise why it stopped
  std::uint64_t operations = 0;  ///< invocations that it has judged
};

struct RunSnapshot {
  RunStage stage = RunStage::kStarting;
  std::string scenario;
  std::uint64_t seed = 0;
  std::string bug;  ///< the seeded bug; empty: none
  std::string workload;
  base::Duration time{};        ///< since the start of the load; an estimate while it runs
  base::Duration time_limit{};  ///< zero: unknown
  std::vector<NodeNow> nodes;
  std::vector<ActiveFault> faults;  ///< that are active, by id
  std::uint64_t faults_planned = 0, faults_begun = 0, faults_skipped = 0;
  std::uint64_t open = 0;  ///< operations without a completion
  OutcomeCounts total;
  OutcomeCounts last_second;
  /// Completions in each second, the oldest first, the last one incomplete; at most
  /// kRateHistoryMax.
  std::vector<OutcomeCounts> seconds;
  std::uint64_t first_second = 0;  ///< of the load: which one seconds.front() is
  CheckerNow checker;
  std::uint64_t history_bytes = 0;  ///< of the file
  std::uint64_t history_read = 0;   ///< of these
  std::string verdict;              ///< of an ended run, as in results.json
  std::string sentence;             ///< of its main failure
};

class RunWatch {
 public:
  static constexpr std::size_t kRateHistoryMax = 120;

  /// Error: there is no such directory, or it has no scenario.json, so that it is no run.
  [[nodiscard]] static base::Result<RunWatch> open(const std::filesystem::path& run_directory);
  ~RunWatch();
  RunWatch(RunWatch&&) noexcept;
  RunWatch& operator=(RunWatch&&) noexcept;

  /// Reads what is new. `now` is the machine's monotonic clock (cluster/clock.h, monotonic_now()),
  /// which the traces use, too. Takes some milliseconds; while it catches up, a tenth of a second.
  const RunSnapshot& poll(base::Instant now);
  [[nodiscard]] const RunSnapshot& snapshot() const;

 private:
  struct State;
  explicit RunWatch(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// For a page that shows it; belongs to one release and has no version.
[[nodiscard]] base::Json to_json(const RunSnapshot& snapshot);

}  // namespace capsize::harness

// The runs of an execution while they run: gives them to an engine, as many as it takes, writes a
// line of the ledger for each that has finished, and stops all of them on a signal. What runs next,
// and what becomes of a finished run, is decided by a policy: that of a suite, or of a score.
//
// Whatever is killed, a run that has finished here is in the ledger or has its results.json in a
// directory that the ledger names. A run elsewhere has finished when its line is in the ledger.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "harness/suite/engine.h"
#include "harness/suite/ledger.h"
#include "harness/suite/ledger_writer.h"
#include "harness/suite/suite_plan.h"

namespace capsize::harness {

/// What an execution does now, for a display.
struct SuiteProgress {
  struct Running {
    std::string id;
    std::uint64_t seed = 0;
    double seconds = 0;
  };
  std::vector<Running> running;
  double seconds = 0;
  bool stopping = false;
};

class RunPolicy {
 public:
  virtual ~RunPolicy();
  /// Once, before the first run; signals no longer end the process.
  virtual void begun() = 0;
  /// The next run, given those that are running; nothing if there is none now. A loss may bring
  /// one.
  virtual std::optional<PlannedRun> next_run(const std::vector<const PlannedRun*>& running) = 0;
  [[nodiscard]] virtual base::Duration deadline_of(const PlannedRun& run) const = 0;
  /// A run has its line in the ledger, and is the last one of the execution.
  virtual base::Status recorded(const LedgerRun& run) = 0;
  /// A run ended without a verdict: the execution was interrupted, or a worker of the engine died.
  virtual void lost(const PlannedRun& planned, const LostRun& run) = 0;
  /// What a person should know, in one line.
  virtual void note(const std::string& text) = 0;
  /// A few times a second.
  virtual void progress(const SuiteProgress& progress) = 0;
};

/// An execution that begins now on this machine: its id, time and host are set.
[[nodiscard]] Execution new_execution();

class ExecutionLoop {
 public:
  /// All references must outlive this object. The time of the execution continues from what it
  /// has.
  ExecutionLoop(Execution& execution, std::filesystem::path store, Engine& engine,
                LedgerWriter& writer, RunPolicy& policy);

  /// Runs until the policy has no further run, or something stops it, and writes the end to the
  /// ledger. Must be called by a thread that exists as long as the process (child_process.h).
  /// Error: the ledger cannot be written.
  base::Status run();

  /// Starts no further run; those that are running end as usual.
  void stop(const std::string& cause, const std::string& reason);

  /// A run of the plan will not be executed: the execution ends incomplete.
  void leave_out(const std::string& cause, const std::string& reason);

  /// Seconds of the execution, without pauses.
  [[nodiscard]] double elapsed() const;
  [[nodiscard]] bool interrupted() const { return interrupted_; }

 private:
  struct Running {
    PlannedRun planned;
    LostRun begun;
    std::chrono::steady_clock::time_point since;
  };

  /// Returns whether the policy has no further run now.
  base::Result<bool> start_runs();
  base::Status start(const PlannedRun& planned);
  base::Status take_ends();
  base::Status lose(const Running& run);
  base::Status record(LedgerRun run);
  void interrupt();
  void show_progress();

  Execution& execution_;
  std::filesystem::path store_;
  Engine& engine_;
  LedgerWriter& writer_;
  RunPolicy& policy_;
  std::vector<Running> running_;
  std::optional<PlannedRun> next_;  // chosen, and not started yet: the engine has no room
  double before_;                   // seconds of the execution until now
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point shown_{};
  std::size_t harness_errors_ = 0;
  bool stopping_ = false;
  bool interrupted_ = false;
};

}  // namespace capsize::harness

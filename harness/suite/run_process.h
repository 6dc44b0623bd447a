// One run of a suite: a `capsize run` process, its deadline, and what it left when it ended.
//
// Runs are processes of their own, so that one that crashes, hangs or is killed for want of memory
// takes neither the suite nor the other runs with it.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "harness/process/child_process.h"
#include "harness/suite/ledger.h"
#include "harness/suite/suite_plan.h"

namespace capsize::harness {

/// Where a run takes place.
struct RunPlace {
  std::filesystem::path program;  // `capsize`, or what stands in for it (docs/FORMATS.md, Runners)
  std::filesystem::path store;
  std::filesystem::path directory;  // of the run, created
  std::string path;                 // the same, relative to the store
  base::Duration deadline{};
};

/// The deadline of a run whose suite names none: its load, its checks, and a minute and a half for
/// start, healing and final reads on a slow machine.
[[nodiscard]] base::Duration default_deadline(const Scenario& scenario);

class RunProcess {
 public:
  using Clock = std::chrono::steady_clock;

  /// Writes the scenario to the run directory and starts the process, which ends with this one.
  static base::Result<RunProcess> start(PlannedRun planned, RunPlace place);

  /// How it ended.
  struct End {
    LedgerRun run;             // without `at` and `revision`
    bool interrupted = false;  // by interrupt(): the run has no verdict of its own
  };
  /// Returns the end, once. Stops a run whose deadline has passed.
  std::optional<End> poll();

  /// Asks the run to stop, to heal and to judge what it has recorded.
  void interrupt();
  void kill();

  [[nodiscard]] const PlannedRun& planned() const { return planned_; }
  [[nodiscard]] const RunPlace& place() const { return place_; }
  [[nodiscard]] double seconds() const;

 private:
  RunProcess(PlannedRun planned, RunPlace place, ChildProcess child);
  void enforce_deadline();
  [[nodiscard]] LedgerRun judge(const Ending& ending) const;
  [[nodiscard]] LedgerRun broken(const Ending& ending) const;

  PlannedRun planned_;
  RunPlace place_;
  ChildProcess child_;
  Clock::time_point started_;
  std::uint64_t out_of_memory_before_;
  std::optional<Clock::time_point> stopped_;  // when it was asked to stop
  bool killed_ = false;
  bool interrupted_ = false;
  bool late_ = false;
};

}  // namespace capsize::harness

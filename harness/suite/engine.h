// Where the runs of an execution take place: in processes of this machine (local_engine.h), or
// wherever an engine program takes them (campaign/remote_engine.h).
//
// An engine only executes. What is run, what counts, and what is written to the ledger is decided
// by the caller; whatever happens to an engine, no run that the ledger has is executed again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "harness/suite/ledger.h"
#include "harness/suite/suite_plan.h"

namespace capsize::harness {

/// A run to execute.
struct RunJob {
  PlannedRun planned;
  std::string path;                 // of its directory, relative to the store
  std::filesystem::path directory;  // the same, created
  std::uint64_t attempt = 1;        // how often it has been started, this time included
  base::Duration deadline{};
};

/// The end of a job. Its directory has what remains of it.
struct RunEnd {
  std::string id;
  std::optional<LedgerRun> run;  // without `at` and `revision`; missing: it was lost, no verdict
};

/// What has happened since the last look.
struct EngineNews {
  std::vector<RunEnd> ends;
  std::vector<std::string> notes;     // what a person should know, a line each
  std::optional<std::string> broken;  // why the engine executes nothing any more
};

/// All calls come from one thread, which must exist as long as the process (child_process.h).
class Engine {
 public:
  virtual ~Engine();
  /// How many jobs it takes at a time. May change, and be 0 for a while.
  [[nodiscard]] virtual std::size_t capacity() = 0;
  /// Takes a job, of which completed() reports the end once. Precondition: fewer jobs than
  /// capacity() are running, and none has the same id.
  virtual void submit(RunJob job) = 0;
  /// Does not wait.
  [[nodiscard]] virtual EngineNews completed() = 0;
  /// Asks all jobs to stop and to judge what they have recorded; `at_once`: kills them. Their ends
  /// are reported as usual.
  virtual void cancel(bool at_once) = 0;
  /// After how many harness errors in a row further runs would only use up the night: what executes
  /// them is broken.
  [[nodiscard]] virtual std::size_t harness_errors_max() const { return 5; }
};

}  // namespace capsize::harness

// One call of `capsize score`: runs cells of the matrix until its budget is used up, a few runs at
// a time, and writes a line of the ledger for each that has finished.
//
// The ledger is that of a suite (harness/suite/ledger.h), in a file of its own; each call is one
// execution. A run's number within its cell is never used twice, so neither is its seed, and
// whatever was killed, the next call continues where the ledger ends.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "harness/score/cells.h"
#include "harness/score/score_queue.h"
#include "harness/suite/suite_runner.h"

namespace capsize::harness {

struct ScoreOptions {
  std::filesystem::path store;
  std::filesystem::path ledger;
  std::filesystem::path program;  // what executes a run
  std::uint64_t jobs = 1;         // runs at a time
  std::optional<base::Duration> budget;
  QueueOptions queue;
};

struct ScoreEnd {
  Ledger ledger;  // with the runs of this call as its last execution
  bool interrupted = false;
};

/// Must be called by a thread that exists as long as the process (child_process.h). Error: the
/// store or its ledger cannot be written, or another process writes to it.
[[nodiscard]] base::Result<ScoreEnd> run_score(const std::vector<ScoreCell>& cells,
                                               const ScoreOptions& options,
                                               SuiteObserver& observer);

}  // namespace capsize::harness

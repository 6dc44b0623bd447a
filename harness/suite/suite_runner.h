// An execution of a suite: gives its runs to an engine, as many as it takes at a time, and writes a
// line of the ledger for each that has finished.
//
// The ledger makes it resumable: whatever is killed, a finished run is in the ledger or has its
// results.json in a directory that the ledger names, and a run that is not finished is repeated.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "harness/suite/engine.h"
#include "harness/suite/execution_loop.h"
#include "harness/suite/ledger.h"
#include "harness/suite/repeats.h"
#include "harness/suite/suite_file.h"
#include "harness/suite/suite_plan.h"

namespace capsize::harness {

struct SuiteOptions {
  std::filesystem::path store;
  std::uint64_t jobs = 1;  // runs at a time, for the ledger
  std::optional<base::Duration> budget;
  Shard shard;
  std::uint64_t stop_after = 0;  // failed test runs; 0: never
  bool resume = false;
  std::string only;            // a signature, or its beginning; empty: the whole suite
  std::uint64_t seed = 0;      // of a new execution
  bool seed_is_given = false;  // then an execution with another seed is not resumed
  std::string revision;
  RateTest rates;
  RepeatChoice* repeats = nullptr;  // with rates.confirm: what runs after the planned runs
};

/// Gets what happens, on the thread that executes the suite.
class SuiteObserver {
 public:
  virtual ~SuiteObserver();
  /// Once, before the first run, with the executions before this one. A resumed execution has runs
  /// already.
  virtual void begun(const Execution& execution, const Ledger& earlier, bool resumed) = 0;
  /// What a person should know, in one line.
  virtual void note(const std::string& text) = 0;
  /// After each run, which is the last one of the execution.
  virtual void finished(const Execution& execution) = 0;
  /// A few times a second.
  virtual void progress(const Execution& execution, const SuiteProgress& progress) = 0;
};

struct SuiteEnd {
  Execution execution;
  Ledger earlier;  // the executions before it
  bool interrupted = false;
};

/// Runs a suite on an engine, or resumes it. Must be called by a thread that exists as long as the
/// process (child_process.h). Error: the store or its ledger cannot be written, or `only` names
/// nothing.
[[nodiscard]] base::Result<SuiteEnd> run_suite(const Suite& suite, const SuiteOptions& options,
                                               Engine& engine, SuiteObserver& observer);

}  // namespace capsize::harness

// The outcome of a run, from the files of its directory: for what is shown of a run later, perhaps
// on another machine, by the same code that showed it at its end.
//
// Any file may be missing, cut or damaged: what can be read is there, and `missing` says what is
// not. Texts of results and faults are printable and bounded; the history is as it was recorded.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "checker/history/history.h"
#include "harness/judge/outcome.h"

namespace capsize::harness {

struct RecordedOutcome {
  /// Without binaries, plan, expectations, reports of invariants, behaviours, meanings of failures;
  /// and without what only the run itself measured.
  Outcome outcome;
  base::Json results = base::Json::object();  // of results.json; empty: there are none
  std::string reproduce;                      // as in the results
  std::optional<checker::History> history;
  /// The start of the load by the clock of traces and messages is not in the results (a killed run,
  /// an older release): it was computed from what the proxy reported about a fault, to a fraction
  /// of a millisecond. Without such a fault outcome.start is zero: unknown.
  bool start_is_estimated = false;
  /// One sentence each: "results.json: cannot be read: …".
  std::vector<std::string> missing;

  [[nodiscard]] bool is_judged() const { return !results.empty(); }
  [[nodiscard]] bool has_start() const { return outcome.start != base::Instant{}; }
};

/// Reads the files. After a long run this takes seconds, because the history is read completely.
/// Error: `directory` is no directory, or has neither scenario.json nor results.json.
[[nodiscard]] base::Result<RecordedOutcome> read_outcome(const std::filesystem::path& directory);

}  // namespace capsize::harness

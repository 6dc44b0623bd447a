// The ledger of a store: an append-only file of JSON lines, one for each finished run. It is the
// truth about suites: reports, groups and `--resume` follow from it (docs/FORMATS.md, Ledger).
//
// One process writes at a time: it holds a lock on the file, which the kernel releases with the
// process. A line is written by one write() and synced before the next run begins, so a crash
// leaves at most one incomplete last line, which the next writer cuts off.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "checker/core/verdict.h"
#include "harness/suite/rate_test.h"
#include "harness/suite/run_measures.h"

namespace capsize::harness {

inline constexpr const char* kLedgerFormat = "capsize-ledger";
inline constexpr std::uint64_t kLedgerVersion = 1;
inline constexpr std::size_t kLedgerLineBytesMax = std::size_t{1} << 20U;

/// One failure of a run, as results.json lists it under `failures`.
struct RunFailure {
  std::string signature;            // 16 hexadecimal digits
  std::string check;                // "linearizable", "invariants", …
  std::string anomaly;              // "stale read"; empty for checks without anomalies
  std::string label = {};           // what the signature stands for: "stale read, follower"
  std::string sentence;             // for people; never part of the signature
  std::vector<std::string> faults;  // kinds of faults that were active
  /// When it had happened: milliseconds since the start of the load. Missing: of an older release.
  std::optional<std::int64_t> at_ms = {};

  /// The label; without one the anomaly or the check.
  [[nodiscard]] const std::string& title() const {
    if (!label.empty()) return label;
    return anomaly.empty() ? check : anomaly;
  }
};

/// Why a run is in its suite.
enum class Purpose : std::uint8_t {
  kTest,            ///< to find a violation
  kBugControl,      ///< a seeded bug, which must be caught
  kHealthyControl,  ///< no faults and no bug: must be valid
};

/// "test", "bug-control", "healthy-control".
[[nodiscard]] std::string_view name(Purpose purpose);

/// Nothing if no purpose has this name.
[[nodiscard]] std::optional<Purpose> purpose_named(std::string_view name);

/// Nothing if no verdict has this name.
[[nodiscard]] std::optional<checker::Verdict> verdict_named(std::string_view name);

/// A finished run.
struct LedgerRun {
  std::string id;         // unique within its execution: "figure-8/3", case and number of the seed
  std::string case_name;  // the scenario's name
  Purpose purpose = Purpose::kTest;
  std::string bug;        // seeded bug; empty: none
  base::Json parameters;  // the scenario's keys that differ from their defaults, without the seed
  std::uint64_t seed = 0;
  std::string revision;  // of the system under test
  checker::Verdict verdict = checker::Verdict::kHarnessError;
  std::string reason;  // one line for every verdict but valid
  std::string cause;   // of a harness error: "overload", "disk-full", … (results.json, cause)
  std::vector<RunFailure> failures;  // the main one first; may also exist beside a harness error
  double seconds = 0;                // of the whole run
  double at = 0;             // end of the run: seconds since the execution began, without pauses
  std::string path;          // of the run directory, relative to the store
  std::string reproduce;     // command line
  std::uint64_t faults = 0;  // that took effect
  std::uint64_t operations = 0;  // acknowledged
  std::uint64_t operations_under_faults = 0;
  RunMeasures measured = {};  // for trends
};

/// A run that ended without a verdict because its suite was killed or interrupted, or the worker
/// that executed it died. It is repeated; what it recorded is in its directory.
struct LostRun {
  std::string id;
  std::uint64_t seed = 0;
  std::string path;
  std::uint64_t attempt = 1;  // how often it had been started, this time included
};

/// One execution of a suite, on one machine.
struct Execution {
  std::string id;                  // unique: "20261130T204512.123Z-4711"
  std::string suite;               // name of the suite
  std::string file;                // of the suite, as it was given
  std::string suite_sum;           // checksum of the suite's cases: a changed suite is not resumed
  std::string only;                // signature whose runs it repeats; empty: the whole suite
  std::vector<std::string> cases;  // names of the cases that it has to run
  std::string started;             // UTC: "2026-11-30T20:45:12Z"
  std::string revision;
  std::string host;        // name of the machine
  std::uint64_t seed = 0;  // from which the seeds of its runs are drawn
  std::string shard;       // "2/4"; "1/1" if it is not sharded
  std::uint64_t jobs = 1;
  std::optional<double> budget_seconds;
  std::uint64_t planned = 0;      // number of runs, without those that a budget adds
  std::optional<RateTest> rates;  // declared before its first run; missing: of an older release
  /// How many of `runs` had ended when runs began to be repeated (--confirm); those after them are
  /// repeats.
  std::optional<std::size_t> repeats_from;
  std::vector<LedgerRun> runs;
  std::vector<LostRun> lost;
  std::map<std::string, LostRun> open;  // begun, neither finished nor lost
  bool ended = false;                   // it ran to its end: not killed, not interrupted
  std::string ended_early;              // why it ended before everything ran; empty: it did not
  std::string early_cause;  // "interrupted", "stop-after", "disk-full", "harness-errors", "engine",
                            // "lost"
  double seconds = 0;       // of the execution, without pauses between resumptions
};

/// Returns how often a run of an execution was started and lost.
[[nodiscard]] std::uint64_t attempts(const Execution& execution, std::string_view run);

/// The executions of a ledger, in the order in which they began.
struct Ledger {
  std::vector<Execution> executions;
  std::set<std::string> reduced;  // run directories of which the quota left only the evidence
  std::uint64_t torn_bytes = 0;   // length of an incomplete last line, which is ignored
};

/// Reads a ledger; a file that does not exist is empty. Error: file, line, what was found and what
/// was expected. An incomplete last line is no error.
[[nodiscard]] base::Result<Ledger> read_ledger(const std::filesystem::path& path);
/// As read_ledger(), from a text; `origin` replaces the file name in errors.
[[nodiscard]] base::Result<Ledger> parse_ledger(std::string_view text, const std::string& origin);

/// Reads the members of a `run` line. Error: the key, what was found and what was expected.
[[nodiscard]] base::Result<LedgerRun> parse_ledger_run(const base::Json& line);

}  // namespace capsize::harness

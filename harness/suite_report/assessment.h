// What the ledger of a suite means: one verdict, one line, and failures grouped by signature.
//
// Every report of a suite (JUnit, Markdown, JSON, issues, terminal) is written from an Assessment
// and decides nothing itself, so that no two of them disagree.
//
// A run of the suite counts in one of three ways (Purpose). Tests decide between valid and invalid.
// A seeded bug must be caught, and a healthy run must be valid: without both, a night without
// failures proves nothing, and the suite is vacuous.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/statistics/interval.h"
#include "harness/statistics/two_sample.h"
#include "harness/suite/ledger.h"
#include "harness/suite/mute.h"

namespace capsize::harness {

/// Compared with earlier executions of the same suite in the ledger.
enum class GroupStatus : std::uint8_t {
  kNew,    ///< in no earlier execution
  kBack,   ///< in an earlier one, but not in the last complete one or after it
  kKnown,  ///< in the last complete execution, or after it
  kGone,   ///< in the last complete execution, and not in this complete one
};
/// "new", "back", "known", "gone".
[[nodiscard]] std::string_view name(GroupStatus status);

/// The execution in which a group was seen.
struct Sighting {
  std::string execution;
  std::string started;
  std::string revision;
};

/// Whether a group fails more often than before (rates.h).
enum class RateVerdict : std::uint8_t {
  kWorse,
  kNotShownWorse,
  kTooFewBefore,  ///< more frequent, but no number of failures could have shown it
  kNoBaseline,    ///< no earlier night saw the group in these scenarios
};
/// "worse", "not shown to be worse", "too few earlier runs to say", "no baseline".
[[nodiscard]] std::string_view name(RateVerdict verdict);

struct GroupRate {
  RateVerdict verdict = RateVerdict::kNoBaseline;
  Share now;  // at the last look
  Share before;
  ShareInterval interval;  // 95 %, of the rate now
  double p_value = 1;      // over all declared looks
  double p_adjusted = 1;   // by Holm, over the tests of the night
  std::size_t tests = 0;   // of the night; 0 without a baseline
  std::size_t looks = 0;   // that are over
  std::size_t runs = 0;    // that count; more than `now` has between two looks
  std::vector<std::uint64_t> declared_looks;
  bool undecided = false;  // --confirm repeats its cases
  std::set<std::string> cases;
};

/// Failures with one signature.
struct Group {
  std::string signature;  // empty: violations for which the ledger names no failure
  std::string check;
  std::string anomaly;
  std::string label;     // what the signature stands for; may be empty
  std::string sentence;  // of the run that is shown
  GroupStatus status = GroupStatus::kNew;
  std::optional<Mute> mute;  // unexpired
  Sighting first;            // over the whole ledger
  Sighting last;
  std::size_t runs = 0;                       // in the reported executions
  std::size_t runs_before = 0;                // in the last complete execution before
  std::size_t beside_harness_error = 0;       // of `runs`: those whose verdict is harness error
  std::map<std::string, std::size_t> faults;  // active faults, with the number of runs
  std::map<std::string, std::size_t> cases;
  LedgerRun shown;          // fewest seconds, then fewest faults, then smallest id
  std::string shown_host;   // the machine that has the run's directory
  std::string shown_shard;  // "2/4"; empty if the suite was not sharded
  /// Whether the reported executions ran one of its cases: a group is not gone because its case is.
  bool cases_ran = true;
  std::optional<GroupRate> rate;  // missing if only runs that do not count have seen it

  /// As RunFailure::title().
  [[nodiscard]] const std::string& title() const {
    if (!label.empty()) return label;
    return anomaly.empty() ? check : anomaly;
  }
};

/// Runs that ended with one cause, other than a failure of the system under test.
struct CauseGroup {
  checker::Verdict verdict = checker::Verdict::kHarnessError;
  std::string cause;   // of a harness error; empty for other verdicts
  std::string reason;  // the most frequent one
  std::size_t runs = 0;
  std::map<std::string, std::size_t> cases;
  LedgerRun shown;  // the first
};

/// A seeded bug with its attempts, or a healthy case with its runs, in one execution.
struct Control {
  bool healthy = false;
  std::string bug;  // of a bug control
  std::string case_name;
  std::string execution;
  std::vector<LedgerRun> attempts;  // empty: it did not run
  /// What the control contributes to the suite: valid if it was caught, or if it is healthy.
  checker::Verdict verdict = checker::Verdict::kVacuous;
  double seconds = 0;  // until it was caught; of all its attempts otherwise
  /// Caught: the failure in one line. Otherwise why it is not valid.
  std::string found;

  [[nodiscard]] bool passed() const { return verdict == checker::Verdict::kValid; }
};

/// Why the suite is not valid.
struct Reason {
  checker::Verdict verdict = checker::Verdict::kVacuous;
  std::string text;
  /// Whether runs or controls show it in a list of their own; false for what no run shows: an
  /// expired mute, a missing control, a suite that was cut short.
  bool shown_by_runs = true;
};

/// A run of the reported executions.
struct ReportedRun {
  LedgerRun run;
  std::size_t execution = 0;  // position in Assessment::executions
  std::optional<Mute> mute;   // the run is muted; the mute of its main failure
};

struct ReportedLoss {
  LostRun run;
  std::string execution;
  bool repeated = false;  // a run of the same id finished later
};

/// The last complete execution of the suite before the reported ones (all its shards).
struct Baseline {
  Sighting seen;
  std::size_t runs = 0;  // tests
};

struct CaseCounts {
  std::map<checker::Verdict, std::size_t> verdicts;  // invalid: without muted runs
  std::size_t muted = 0;
  std::size_t runs = 0;
  double seconds = 0;
};

/// What a suite contains, for what a ledger cannot show: parts that did not run.
struct SuiteContents {
  std::vector<std::string> cases;  // names of test cases that no execution of the ledger names
  std::vector<std::string> bugs;   // names of the seeded bugs of its controls
  bool all_shards = false;         // a report of all shards: one that is missing makes it vacuous
};

class RateTester;

struct Assessment {
  std::string suite;
  std::vector<Execution> executions;  // the reported ones, without their runs
  checker::Verdict verdict = checker::Verdict::kVacuous;
  std::string first_line;
  std::vector<Reason> reasons;                       // the worst first
  bool complete = false;                             // every reported execution ran to its end
  std::size_t runs = 0;                              // tests
  double seconds = 0;                                // of the longest execution
  std::map<checker::Verdict, std::size_t> verdicts;  // of tests; invalid: without muted runs
  std::size_t muted_runs = 0;
  std::vector<ReportedRun> all_runs;  // with controls
  std::map<std::string, CaseCounts> cases;
  std::vector<std::string> cases_without_run;
  std::vector<std::string> missing_shards;  // "3/4"; at most five
  std::vector<Control> controls;
  std::vector<Group> groups;               // new, back, known, muted, gone; the most frequent first
  std::vector<CauseGroup> harness_errors;  // of all runs; the most frequent cause first
  std::vector<CauseGroup> undecided;       // tests that are unknown, vacuous or a usage error
  std::vector<Mute> mutes_expired;
  std::vector<Mute> mutes_unused;  // unexpired, and no failure has their signature
  std::vector<ReportedLoss> lost;
  std::optional<Baseline> baseline;
  /// Set by the caller: what paths of runs are relative to, as commands name it; and the store
  /// whose ledger has the executions.
  std::string store;
  std::string ledger_store;

  /// Null if there is no such group.
  [[nodiscard]] const Group* group(const std::string& signature) const;
  /// Whether the executions repeat only the runs of a group (--only): they have no controls.
  [[nodiscard]] bool is_partial() const;
  /// Whether an execution has not ended: it is running, or was killed.
  [[nodiscard]] bool is_running() const;
  /// Whether a signal ended an execution.
  [[nodiscard]] bool was_interrupted() const;
};

/// Judges the executions with these ids together: one, or the shards of one. `today` is the date in
/// UTC, "2026-11-30". Ids that the ledger does not contain are ignored. `tester`: remembers what it
/// computed for a caller that judges often.
[[nodiscard]] Assessment assess(const Ledger& ledger, const std::vector<std::string>& executions,
                                const std::vector<Mute>& mutes, const std::string& today,
                                const SuiteContents& contents = {}, RateTester* tester = nullptr);

}  // namespace capsize::harness

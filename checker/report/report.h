// Report: the result of checking one history, for people (sentences) and for pages (operations).
//
// It owns all its text, so it can outlive the history.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>
#include "base/json.h"

#include "checker/core/verdict.h"
#include "checker/history/history.h"
#include "checker/history/malformed.h"
#include "checker/report/anomaly.h"
#include "checker/report/operation_view.h"

namespace capsize::checker {

/// How stale the value was that an operation observed.
struct Staleness {
  /// Lower bound: from the earliest completion of a newer operation to the invocation of the late
  /// one. kNoTime if the file has no times.
  std::int64_t nanoseconds = kNoTime;
  std::uint64_t versions = 0;  ///< lower bound: newer values that had been acknowledged by then
};

struct Violation {
  Anomaly anomaly = Anomaly::kNoLegalOrder;
  std::string key;
  std::string sentence;  ///< one sentence: what happened when, and why it is illegal
  std::vector<OperationView> operations;    ///< the counterexample, in order of invocation
  std::optional<Staleness> staleness = {};  ///< of stale reads and lost writes
  bool minimal = true;  ///< false: the time bound ended the shrinking, some may be superfluous
  /// Other keys with an equal violation: the same anomaly, shown by as many operations with the
  /// same functions and outcomes. They follow in the report, marked as repeated; texts and pages
  /// leave them out.
  std::vector<std::string> same_on = {};
  bool repeated = false;
};

/// Fills in `same_on` and `repeated`.
void mark_repeated(std::vector<Violation>& violations);

/// Whether a weaker consistency model holds for a key.
struct ConsistencyAnswer {
  enum class Holds : std::uint8_t { kUnknown, kYes, kNo } holds = Holds::kUnknown;
  std::string_view question = {};
  std::string detail = {};  ///< why not, how much, or why it is unknown; may be empty
};

/// "yes", "no", "unknown".
[[nodiscard]] std::string_view name(ConsistencyAnswer::Holds holds);

struct ConsistencyAnswers {
  std::string key;
  std::vector<ConsistencyAnswer> answers;
};

struct Report {
  Verdict verdict = Verdict::kVacuous;
  std::string file;
  std::string format;
  std::string model;
  std::map<std::string, std::uint64_t> algorithms;  ///< name -> number of keys it decided
  HistoryCounts counts;
  std::vector<Violation> violations;  ///< one for each violating key, at most kViolationsMax
  std::vector<ConsistencyAnswers>
      weaker;  ///< of the keys of `violations`; never part of the verdict
  /// If `weaker` is not empty and there are several keys: sequential consistency of all keys
  /// together.
  std::optional<ConsistencyAnswer> sequential_of_all_keys;
  std::uint64_t violating_keys = 0;
  std::uint64_t unknown_keys = 0;
  std::string reason;                  ///< for every verdict but valid: one line
  std::optional<Malformed> malformed;  ///< set iff the file could not be read
  bool cut_off = false;                ///< the last line was incomplete and was left out
  Skipped skipped;                     ///< lines and events that lenient reading skipped
  std::vector<std::string> notes;      ///< further remarks, one sentence each
  double seconds_load = 0;
  double seconds_check = 0;
};

inline constexpr std::size_t kViolationsMax = 16;

[[nodiscard]] base::Json to_json(const Report& report);

}  // namespace capsize::checker

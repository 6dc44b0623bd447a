// The entry point of the checker: is there a legal order of these operations?
//
// check_file reads a history of any registered format and splits it by key (linearizability is
// local: a history is linearizable iff each key's part is; Herlihy & Wing, TOPLAS 1990, theorem 1).
// For each key it picks the cheapest algorithm whose conditions hold there, and explains each
// violation.
//
// How it fails: a malformed file is a usage error that names line and column; a bound that is
// reached is `unknown` and names the bound, the key and what was hard about it; an empty history is
// vacuous. A time-out is never `valid`, and a violation that was found is never lost to a time-out
// elsewhere.
//
//     Report report = check_file("history.jsonl", {.time_limit = 10s});
//     if (report.verdict == Verdict::kInvalid) puts(report.violations[0].sentence.c_str());
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "checker/core/budget.h"
#include "checker/core/verdict.h"
#include "checker/history/history.h"
#include "checker/history/malformed.h"
#include "checker/history/read_options.h"
#include "checker/report/report.h"
#include "checker/specification/model.h"

namespace capsize::checker {

struct CheckOptions {
  std::string model = {};  ///< empty: from the header line, or guessed where only one fits
  /// Judges instead of a registered model; must outlive the check.
  const Model* own_model = nullptr;
  ReadOptions reading = {};
  std::optional<std::string> initial_json =
      {};  ///< initial value; else the header line's, else null
  std::chrono::nanoseconds time_limit = std::chrono::seconds(60);  ///< loading included
  std::uint64_t memory_limit_bytes = std::uint64_t{4} << 30;       ///< loading included
  /// Whether a failed cas counts as a read of anything but the value that it expected. Not given:
  /// as the format defines it (in Jepsen's logs a failed cas has read another value).
  std::optional<FailedCas> failed_cas = {};
  /// Called on the calling thread as soon as a violation is certain, before it is explained: an
  /// explanation that crashes or is killed does not take the verdict with it.
  std::function<void(Verdict)> on_verdict = {};
};

/// How to decode the operations of the history.
[[nodiscard]] DecodeOptions decode_options(const History& history, const CheckOptions& options);

using LoadResult = std::variant<History, Malformed, LimitReached>;

/// Reads a file ("-" is standard input). O(size of the file).
[[nodiscard]] LoadResult load_history(const std::filesystem::path& path,
                                      const CheckOptions& options = {});
/// Reads a history that is already in memory, compressed or not. `name` stands for the file in
/// messages.
[[nodiscard]] LoadResult load_history_text(std::string_view text, const CheckOptions& options = {},
                                           std::string_view name = "(memory)");

/// One operation of a legal order: its invocation and its process.
struct LinearizationStep {
  Position invoke = 0;
  std::int64_t process = 0;
  std::uint32_t part = 0;  ///< which of the operations of the invocation (a drain is several)
};

/// A legal order of every key, one key after the other (checker/linearization/linearization.h).
struct Linearization {
  std::string model = {};  ///< empty: it was not a model that judged
  std::vector<LinearizationStep> operations = {};
};

/// Checks what was loaded. Loading time (History::seconds_load) counts against the time limit.
/// `linearization`, if given, is complete if the verdict is valid.
[[nodiscard]] Report check_history(const History& history, const CheckOptions& options = {},
                                   Linearization* linearization = nullptr);

/// Returns the report if no history could be loaded. Precondition: `loaded` holds no history.
[[nodiscard]] Report report_without_history(const std::filesystem::path& path, LoadResult loaded);

/// Loads and checks; a file that cannot be read gives a Report with a usage error.
[[nodiscard]] Report check_file(const std::filesystem::path& path,
                                const CheckOptions& options = {});

}  // namespace capsize::checker

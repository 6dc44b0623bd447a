// Verdict: the result of a check, and how several results become one.
//
// `unknown` and `vacuous` are verdicts of their own: a check that reached a bound, or that had
// nothing to test, never says `valid`. Names and exit codes are a contract with scripts and CI.
#pragma once

#include <cstdint>
#include <string_view>

namespace capsize::checker {

enum class Verdict : std::uint8_t {
  kValid,         ///< every check holds
  kInvalid,       ///< a violation, with its explanation
  kUnknown,       ///< a check gave up at a bound, which is named
  kVacuous,       ///< nothing is violated, but nothing was tested either
  kUsageError,    ///< bad arguments or a malformed file
  kHarnessError,  ///< the harness itself broke
};

/// "valid", "invalid", "unknown", "vacuous", "usage error", "harness error".
[[nodiscard]] std::string_view name(Verdict verdict);

/// 0, 1, 2, 3, 254, 255.
[[nodiscard]] int exit_code(Verdict verdict);

/// The checks of one run: harness error, invalid, unknown, vacuous, valid; the first found wins.
/// A usage error stands next to the harness error: such a run never began.
[[nodiscard]] Verdict worst_within_run(Verdict a, Verdict b);

/// Runs, files and keys: invalid, harness error, usage error, unknown, vacuous, valid. A violation
/// comes first here: it stays true whatever happened to the other files.
[[nodiscard]] Verdict worst_across_runs(Verdict a, Verdict b);

}  // namespace capsize::checker

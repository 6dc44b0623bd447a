// Intervals: operations that a file holds in one piece, with the times of their start and end.
//
// Here, and only here, times decide: operations are put in order by them, and where two are equal
// they overlap, for a clock that cannot tell two moments apart proves no order. Clocks that may
// differ by e make every interval wider by e at both ends: what still follows is certain.
//
// The rules of processes hold as for events (builder.h), judged by the times as they are written:
// the widened intervals of one process may well overlap. A file without processes has none to obey.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "checker/history/history.h"
#include "checker/history/malformed.h"

namespace capsize::checker {

/// One line, as far as it says something.
struct Interval {
  std::optional<std::int64_t> process;
  FunctionId function = kRead;
  KeyId key = 0;
  /// What was asked; of a read, and where there is no `result`, also what was answered.
  std::optional<ValueId> value;
  std::optional<ValueId> result;
  std::int64_t start = 0;  ///< nanoseconds, >= 0
  std::optional<std::int64_t> end;
  std::optional<Outcome> outcome;  ///< nothing: ok if it has an end, else indeterminate
  bool mismatch = false;
  std::uint32_t line = 0;
};

class Intervals {
 public:
  /// Precondition: an operation that is ok or failed has an end, not before its start.
  void add(const Interval& interval);

  [[nodiscard]] bool empty() const { return operations_.empty(); }
  [[nodiscard]] std::size_t size() const { return operations_.size(); }
  [[nodiscard]] std::uint64_t memory_bytes() const;

  /// Fills in `operations`, `key_begin` and the counts of a history that has its names already.
  /// `tolerate` is asked about each line that breaks a rule; the first it refuses is returned.
  /// O(n log n). Ends the object.
  [[nodiscard]] std::optional<Malformed> place(
      std::chrono::nanoseconds clock_error, const std::function<bool(const Malformed&)>& tolerate,
      History& history);

 private:
  [[nodiscard]] std::optional<Malformed> check_processes(
      const std::function<bool(const Malformed&)>& tolerate, History& history) const;
  void give_positions(std::chrono::nanoseconds clock_error, History& history);

  std::vector<Operation> operations_;  // in the order of the lines
  std::vector<std::uint32_t> lines_;
  bool has_processes_ = false;
};

// The rest of this file: what the formats with one line an operation have in common, whatever their
// notation.

/// A field that is wrong, by Capsize's name, and what should stand there.
struct FieldError {
  std::string_view field;
  std::string expected;
};

/// Whether an operation can be as its line says: an end where it completed, not before its start.
[[nodiscard]] std::optional<FieldError> problem_of(const Interval& interval);

inline constexpr std::string_view kTimeExpected = "whole nanoseconds >= 0";
inline constexpr std::string_view kProcessExpected = "a number >= 0, or \"nemesis\"";
inline constexpr std::string_view kOutcomeExpected = "\"ok\", \"fail\" or \"info\"";

/// Events of the nemesis are no operations.
inline constexpr std::string_view kNemesis = "nemesis";

}  // namespace capsize::checker

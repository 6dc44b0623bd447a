// Intervals: operations that a file holds in one piece, with the times of their start and end.
//
// Here, and only here, times decide: operations are put in order by them, and where two are equal
// they overlap, for a clock that cannot tell two moments apart proves no order. Clocks that may
// differ by e make every interval wider by e at both ends: what still follows is certain.
//
// The rules of processes hold as for events (builder.h), judged by the times as they are written:
// the widened intervals of one process may well overlap. An operation without a process is one of a
// process of its own.
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

class HistoryBuilder;

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
  /// Operations of one process may overlap: its number is for people, as in Porcupine.
  void allow_overlap() { may_overlap_ = true; }

  [[nodiscard]] bool empty() const { return operations_.empty(); }
  [[nodiscard]] std::size_t size() const { return operations_.size(); }
  [[nodiscard]] std::uint64_t memory_bytes() const;

  /// Fills in `operations`, `key_begin` and the counts of a history that has its names already.
  /// `tolerate` is asked about each line that breaks a rule; the first it refuses is returned.
  /// Notes what is odd about the times; `unit_is_known`: the caller said what they are in.
  /// O(n log n). Ends the object.
  [[nodiscard]] std::optional<Malformed> place(
      std::chrono::nanoseconds clock_error, bool unit_is_known,
      const std::function<bool(const Malformed&)>& tolerate, History& history);

 private:
  [[nodiscard]] std::optional<Malformed> check_processes(
      const std::function<bool(const Malformed&)>& tolerate, History& history) const;
  [[nodiscard]] std::optional<Malformed> problem_between(std::uint32_t before, std::uint32_t after,
                                                         const History& history) const;
  void number_processes();
  void note_magnitude(History& history) const;
  void note_lost_order(std::chrono::nanoseconds clock_error, History& history) const;
  void give_positions(std::chrono::nanoseconds clock_error, History& history);

  std::vector<Operation> operations_;  // in the order of the lines
  std::vector<std::uint32_t> lines_;
  bool may_overlap_ = false;
};

// The rest of this file: what the formats with one line an operation have in common, whatever their
// notation.

/// A field that is wrong, by Capsize's name, and what should stand there.
struct FieldError {
  std::string_view field;
  std::string expected;
};

/// The times that a line has, in nanoseconds. Access logs have one of the two moments, and how long
/// it took.
struct IntervalTimes {
  std::optional<std::int64_t> start, end, duration;
};

/// Fills in start and end; what is wrong where the line does not say when the operation began, or
/// where an operation cannot have been as it says: completed without an end, ended before its
/// start. Precondition: `interval.outcome` is filled in.
[[nodiscard]] std::optional<FieldError> set_times(const IntervalTimes& times, Interval& interval);

/// What stands where no time could be read. `found` may show why, such as a decimal comma.
[[nodiscard]] std::string expected_time(const HistoryBuilder& builder, std::string_view found);

/// By name, in any capitals: ok, fail, info, or what the vocabulary says means one of them.
[[nodiscard]] std::optional<Outcome> outcome_of(const HistoryBuilder& builder,
                                                std::string_view name);

inline constexpr std::string_view kOutcomeExpected =
    "\"ok\", \"fail\" or \"info\" (--map type.FOUND=ok translates)";

/// What is wrong with a file in which every line is an event of a process that is no client, or
/// nothing.
[[nodiscard]] std::optional<Malformed> holds_no_interval(const HistoryBuilder& builder);

}  // namespace capsize::checker

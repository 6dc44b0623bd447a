// Intervals: operations that a file records on one line each, with the times of their start and
// end.
//
// Only here do times matter: they order the operations. Operations with equal times overlap,
// because a clock that does not distinguish two moments proves no order. If a clock may deviate
// from the true time by e, every interval is widened by e at both ends; the order that remains is
// certain.
//
// The rules for processes are those for events (builder.h), applied to the times as written,
// because the widened intervals of one process may overlap. An operation without a process gets a
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

/// The content of one line.
struct Interval {
  std::optional<std::int64_t> process;
  FunctionId function = kRead;
  KeyId key = 0;
  /// The argument; of a read, and of any operation without `result`, also the answer.
  std::optional<ValueId> value;
  std::optional<ValueId> result;
  std::int64_t start = 0;  ///< nanoseconds, >= 0
  std::optional<std::int64_t> end;
  std::optional<Outcome> outcome;  ///< nothing: ok if it has an end, otherwise info
  bool mismatch = false;
  std::uint32_t line = 0;
};

class Intervals {
 public:
  /// Precondition: an operation that is ok or failed has an end that is not before its start.
  void add(const Interval& interval);
  /// Operations of one process may overlap, as in Porcupine: the process is for people only.
  void allow_overlap() { may_overlap_ = true; }

  [[nodiscard]] bool empty() const { return operations_.empty(); }
  [[nodiscard]] std::size_t size() const { return operations_.size(); }
  [[nodiscard]] std::uint64_t memory_bytes() const;

  /// Fills in `operations`, `key_begin` and the counts of a history whose names are already there.
  /// Calls `tolerate` for each line that breaks a rule, and returns the first error for which it
  /// returns false. Adds notes about suspicious times; `unit_is_known`: the caller named their
  /// unit. O(n log n). The object must not be used afterwards.
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

// The rest of this file is shared by all formats with one line per operation.

/// A malformed field, by Capsize's name, and what was expected.
struct FieldError {
  std::string_view field;
  std::string expected;
};

/// The times on a line, in nanoseconds. Access logs have one of start and end, and a duration.
struct IntervalTimes {
  std::optional<std::int64_t> start, end, duration;
};

/// Fills in start and end. Returns an error if the line does not give the start, if a completed
/// operation has no end, or if the end is before the start. Precondition: `interval.outcome` is
/// filled in.
[[nodiscard]] std::optional<FieldError> set_times(const IntervalTimes& times, Interval& interval);

/// Describes the time that was expected in place of `found`, which may show the cause, such as a
/// decimal comma.
[[nodiscard]] std::string expected_time(const HistoryBuilder& builder, std::string_view found);

/// Returns the outcome of this name, ignoring case: ok, fail, info, or a name that the vocabulary
/// maps to one of them.
[[nodiscard]] std::optional<Outcome> outcome_of(const HistoryBuilder& builder,
                                                std::string_view name);

inline constexpr std::string_view kOutcomeExpected =
    "\"ok\", \"fail\" or \"info\" (--map type.FOUND=ok translates)";

/// Returns an error if every line of the file is an event of a process that is not a client.
[[nodiscard]] std::optional<Malformed> holds_no_interval(const HistoryBuilder& builder);

}  // namespace capsize::checker

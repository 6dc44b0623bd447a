#include "checker/history/intervals.h"

#include <fmt/core.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <tuple>
#include <unordered_set>

#include "base/check.h"
#include "checker/history/builder.h"
#include "checker/history/times.h"

namespace capsize::checker {
namespace {

// A start or an end of an interval; at equal times starts come first, so that the intervals
// overlap.
struct Bound {
  std::int64_t time;
  std::uint32_t operation;
  bool is_end;

  friend bool operator<(const Bound& a, const Bound& b) {
    return std::tie(a.time, a.is_end, a.operation) < std::tie(b.time, b.is_end, b.operation);
  }
};

constexpr std::int64_t kLatest = std::numeric_limits<std::int64_t>::max();
// The process of an operation whose line names none, until all lines have been read.
constexpr std::int64_t kNoProcess = std::numeric_limits<std::int64_t>::min();

std::int64_t later(std::int64_t time, std::int64_t by) {
  return time > kLatest - by ? kLatest : time + by;
}

}  // namespace

void Intervals::add(const Interval& interval) {
  const bool completed = interval.outcome && *interval.outcome != Outcome::kInfo;
  CHECK(!completed || (interval.end && *interval.end >= interval.start),
        "an operation that completed has an end, not before its start");
  Operation operation;
  operation.invoke_time = interval.start;
  operation.complete_time = interval.end.value_or(kNoTime);
  operation.process = interval.process.value_or(kNoProcess);
  operation.key = interval.key;
  operation.function = interval.function;
  operation.mismatch = interval.mismatch;
  operation.outcome = interval.outcome.value_or(interval.end ? Outcome::kOk : Outcome::kInfo);
  const ValueId value = interval.value.value_or(kNullValue);
  if (interval.function != kRead) operation.argument = value;
  // The result of a write has no meaning; other operations may have only a result.
  const bool mutation = interval.function >= kWrite && interval.function <= kDelete;
  if (operation.outcome == Outcome::kOk && !mutation) {
    operation.result = interval.result.value_or(value);
  }
  operations_.push_back(operation);
  lines_.push_back(interval.line);
}

std::uint64_t Intervals::memory_bytes() const {
  // place() needs two ends and a copy of each operation.
  return operations_.capacity() * sizeof(Operation) + lines_.capacity() * sizeof(lines_[0]) +
         operations_.size() * (2 * sizeof(Bound) + 2 * sizeof(std::uint64_t) + sizeof(Operation));
}

std::optional<Malformed> Intervals::check_processes(
    const std::function<bool(const Malformed&)>& tolerate, History& history) const {
  std::vector<std::uint32_t> order(operations_.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(), [this](std::uint32_t a, std::uint32_t b) {
    const auto rank = [this](std::uint32_t i) {
      const Operation& operation = operations_[i];
      return std::make_tuple(operation.process, operation.invoke_time, operation.complete_time, i);
    };
    return rank(a) < rank(b);
  });
  for (std::size_t i = 0; i < order.size(); ++i) {
    const bool same = i > 0 && operations_[order[i - 1]].process == operations_[order[i]].process;
    history.counts.processes += same ? 0 : 1;
    if (!same || may_overlap_) continue;
    auto malformed = problem_between(order[i - 1], order[i], history);
    if (malformed && !tolerate(*malformed)) return malformed;
  }
  return std::nullopt;
}

// Returns what is wrong with two operations of one process, of which `second` began later.
std::optional<Malformed> Intervals::problem_between(std::uint32_t before, std::uint32_t after,
                                                    const History& history) const {
  const Operation& first = operations_[before];
  const Operation& second = operations_[after];
  const std::string process = excerpt(history.process_text(second.process));
  if (first.outcome == Outcome::kInfo) {
    if (second.process < 0) return std::nullopt;  // a client keeps its name
    return Malformed{history.file, lines_[after], 1, fmt::format("process {} again", process),
                     fmt::format("a new process number, since its operation on line {} was left "
                                 "indeterminate",
                                 lines_[before])};
  }
  if (second.invoke_time >= first.complete_time) return std::nullopt;
  return Malformed{
      history.file, lines_[after], 1, fmt::format("a second open operation of process {}", process),
      fmt::format("a start at or after the end of the one on line {}", lines_[before])};
}

// Gives each operation without a process a number that the file does not use.
void Intervals::number_processes() {
  std::unordered_set<std::int64_t> named;
  for (const Operation& operation : operations_) {
    if (operation.process != kNoProcess) named.insert(operation.process);
  }
  std::int64_t next = 0;
  for (Operation& operation : operations_) {
    if (operation.process != kNoProcess) continue;
    while (named.contains(next)) ++next;
    operation.process = next++;
  }
}

// All times have to look alike: nanoseconds since the start of a test may resemble any unit for a
// while, but they begin near 0.
void Intervals::note_magnitude(History& history) const {
  const auto [first, last] = std::ranges::minmax_element(
      operations_, {}, [](const Operation& operation) { return operation.invoke_time; });
  const auto unit = likely_unit(first->invoke_time);
  const auto of_last = likely_unit(last->invoke_time);
  if (!unit || !of_last || unit->name != of_last->name) return;
  history.likely_time_unit = unit->name;
  history.notes.push_back(
      fmt::format("times look like {} since 1970 and were taken as nanoseconds: --time-unit {}",
                  unit->plural, unit->name));
}

// Whether an operation of a key ended before another one of that key began, both by the times as
// written and after widening by the clock error.
void Intervals::note_lost_order(std::chrono::nanoseconds clock_error, History& history) const {
  struct Extremes {
    std::int64_t first_end = kLatest;
    std::int64_t last_start = 0;
  };
  std::vector<Extremes> keys(history.keys.size());
  for (const Operation& operation : operations_) {
    Extremes& key = keys[operation.key];
    key.last_start = std::max(key.last_start, operation.invoke_time);
    if (operation.outcome == Outcome::kInfo) continue;
    key.first_end = std::min(key.first_end, operation.complete_time);
  }
  const std::int64_t error = clock_error.count();
  const auto is_ordered = [](const Extremes& key) { return key.first_end < key.last_start; };
  const auto stays_ordered = [error](const Extremes& key) {
    return later(key.first_end, error) < time_between(error, key.last_start);
  };
  history.order_lost_to_clock_error =
      std::ranges::any_of(keys, is_ordered) && std::ranges::none_of(keys, stays_ordered);
}

// Numbers the starts and ends in the order of their times.
void Intervals::give_positions(std::chrono::nanoseconds clock_error, History& history) {
  const std::int64_t error = clock_error.count();
  std::vector<Bound> bounds;
  bounds.reserve(2 * operations_.size());
  for (std::uint32_t i = 0; i < operations_.size(); ++i) {
    bounds.push_back({time_between(error, operations_[i].invoke_time), i, false});
    if (operations_[i].outcome == Outcome::kInfo) continue;
    bounds.push_back({later(operations_[i].complete_time, error), i, true});
  }
  std::sort(bounds.begin(), bounds.end());
  // No file_index: both events of an operation are on the same line.
  Position next_position = 0;
  std::vector<std::uint32_t> by_start;
  by_start.reserve(operations_.size());
  for (const Bound& bound : bounds) {
    const Position at = next_position++;
    Operation& operation = operations_[bound.operation];
    (bound.is_end ? operation.complete : operation.invoke) = at;
    if (!bound.is_end) by_start.push_back(bound.operation);
  }
  auto& begin = history.key_begin;
  begin.assign(history.keys.size() + 1, 0);
  for (const Operation& operation : operations_) ++begin[operation.key + 1];
  std::partial_sum(begin.begin(), begin.end(), begin.begin());
  std::vector<std::uint64_t> next(begin.begin(), begin.end() - 1);
  history.operations.resize(operations_.size());
  for (const std::uint32_t i : by_start) {
    history.operations[next[operations_[i].key]++] = operations_[i];
  }
}

std::optional<Malformed> Intervals::place(std::chrono::nanoseconds clock_error, bool unit_is_known,
                                          const std::function<bool(const Malformed&)>& tolerate,
                                          History& history) {
  number_processes();
  if (auto malformed = check_processes(tolerate, history)) return malformed;
  if (!unit_is_known) note_magnitude(history);
  note_lost_order(clock_error, history);
  give_positions(clock_error, history);
  *this = {};
  return std::nullopt;
}

std::optional<FieldError> set_times(const IntervalTimes& times, Interval& interval) {
  interval.end = times.end;
  if (times.start) {
    interval.start = *times.start;
    if (!times.end && times.duration) interval.end = later(*times.start, *times.duration);
  } else if (times.end && times.duration && *times.duration <= *times.end) {
    interval.start = *times.end - *times.duration;
  } else if (times.end && times.duration) {
    return FieldError{"duration", "a time not longer than from 0 to the end"};
  } else {
    return FieldError{"start", "a time, or an end and a duration"};
  }
  const bool completed = interval.outcome && *interval.outcome != Outcome::kInfo;
  if (completed && !interval.end) {
    return FieldError{"end", "a time, since the operation completed"};
  }
  if (interval.end && *interval.end < interval.start) {
    return FieldError{"end", fmt::format("a time not before the start, {}", interval.start)};
  }
  return std::nullopt;
}

std::string expected_time(const HistoryBuilder& builder, std::string_view found) {
  const auto is = [found](std::string_view between) {
    const std::size_t at = found.find_first_not_of("0123456789");
    return at != std::string_view::npos && at > 0 &&
           between.find(found[at]) != std::string_view::npos;
  };
  if (is(",")) return "a point before the fraction of a time, and --time-unit to say what it is of";
  if (is("eE") || (is(".") && found.find_first_of("eE") != std::string_view::npos)) {
    return "all digits of a time (a spreadsheet that shows an exponent has lost some)";
  }
  return builder.time_expected();
}

std::optional<Outcome> outcome_of(const HistoryBuilder& builder, std::string_view name) {
  if (const auto outcome = builder.outcome(name)) return outcome;
  return builder.outcome(lower_case(name));
}

std::optional<Malformed> holds_no_interval(const HistoryBuilder& builder) {
  if (builder.has_intervals() || builder.skipped_events() == 0) return std::nullopt;
  return Malformed{
      builder.history().file, 0, 0,
      fmt::format("no function that a model knows in any of {} lines", builder.skipped_events()),
      "operations of clients (--map f.FOUND=write translates functions)"};
}

}  // namespace capsize::checker

#include "checker/history/intervals.h"

#include <fmt/core.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <tuple>

namespace capsize::checker {
namespace {

// An end of an interval; at equal times starts come first, so that the two overlap.
struct Bound {
  std::int64_t time;
  std::uint32_t operation;
  bool is_end;

  friend bool operator<(const Bound& a, const Bound& b) {
    return std::tie(a.time, a.is_end, a.operation) < std::tie(b.time, b.is_end, b.operation);
  }
};

std::int64_t later(std::int64_t time, std::int64_t by) {
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  return time > kMax - by ? kMax : time + by;
}

}  // namespace

void Intervals::add(const Interval& interval) {
  Operation operation;
  operation.invoke_time = interval.start;
  operation.complete_time = interval.end.value_or(kNoTime);
  operation.process = interval.process.value_or(static_cast<std::int64_t>(operations_.size()));
  operation.key = interval.key;
  operation.function = interval.function;
  operation.mismatch = interval.mismatch;
  operation.outcome = interval.outcome.value_or(interval.end ? Outcome::kOk : Outcome::kInfo);
  const ValueId value = interval.value.value_or(kNullValue);
  if (interval.function != kRead) operation.argument = value;
  // What a write answers says nothing; of others, the line may give what was answered alone.
  const bool mutation = interval.function >= kWrite && interval.function <= kDelete;
  if (operation.outcome == Outcome::kOk && !mutation) {
    operation.result = interval.result.value_or(value);
  }
  has_processes_ = has_processes_ || interval.process.has_value();
  operations_.push_back(operation);
  lines_.push_back(interval.line);
}

std::uint64_t Intervals::memory_bytes() const {
  // Placing needs two bounds and a copy of each operation.
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
    const Operation& operation = operations_[order[i]];
    const bool same = i > 0 && operations_[order[i - 1]].process == operation.process;
    history.counts.processes += same ? 0 : 1;
    if (!same) continue;
    const Operation& before = operations_[order[i - 1]];
    std::string found;
    std::string expected;
    if (before.outcome == Outcome::kInfo) {
      found = fmt::format("process {} again", operation.process);
      expected =
          fmt::format("a new process number, since its operation on line {} was left indeterminate",
                      lines_[order[i - 1]]);
    } else if (operation.invoke_time < before.complete_time) {
      found = fmt::format("a second open operation of process {}", operation.process);
      expected =
          fmt::format("a start at or after the end of the one on line {}", lines_[order[i - 1]]);
    } else {
      continue;
    }
    Malformed malformed{history.file, lines_[order[i]], 1, std::move(found), std::move(expected)};
    if (!tolerate(malformed)) return malformed;
  }
  return std::nullopt;
}

// Positions are given to the bounds in the order of their times.
void Intervals::give_positions(std::chrono::nanoseconds clock_error, History& history) {
  const std::int64_t error = clock_error.count();
  std::vector<Bound> bounds;
  bounds.reserve(2 * operations_.size());
  for (std::uint32_t i = 0; i < operations_.size(); ++i) {
    bounds.push_back({operations_[i].invoke_time - error, i, false});
    if (operations_[i].outcome == Outcome::kInfo) continue;
    bounds.push_back({later(operations_[i].complete_time, error), i, true});
  }
  std::sort(bounds.begin(), bounds.end());
  // No file_index: a line has two events, and its number would be that of both.
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

std::optional<Malformed> Intervals::place(std::chrono::nanoseconds clock_error,
                                          const std::function<bool(const Malformed&)>& tolerate,
                                          History& history) {
  if (has_processes_) {
    if (auto malformed = check_processes(tolerate, history)) return malformed;
  } else {
    history.counts.processes = operations_.size();
  }
  give_positions(clock_error, history);
  *this = {};
  return std::nullopt;
}

std::optional<FieldError> problem_of(const Interval& interval) {
  const bool completed = interval.outcome && *interval.outcome != Outcome::kInfo;
  if (completed && !interval.end) {
    return FieldError{"end", "a time, since the operation completed"};
  }
  if (interval.end && *interval.end < interval.start) {
    return FieldError{"end", fmt::format("a time not before the start, {}", interval.start)};
  }
  return std::nullopt;
}

}  // namespace capsize::checker

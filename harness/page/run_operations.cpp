#include "harness/page/run_operations.h"

#include <algorithm>
#include <numeric>
#include <unordered_map>

#include "base/printable.h"
#include "harness/page/page_text.h"

namespace capsize::harness {
namespace {

using checker::History;
using checker::Operation;

/// The positions in `history.operations`, by invocation.
std::vector<std::uint32_t> by_invocation(const History& history) {
  std::vector<std::uint32_t> order(history.operations.size());
  std::iota(order.begin(), order.end(), 0U);
  const auto& operations = history.operations;
  std::sort(order.begin(), order.end(), [&](std::uint32_t left, std::uint32_t right) {
    return operations[left].invoke < operations[right].invoke;
  });
  return order;
}

bool has_times(const History& history) {
  return std::any_of(history.operations.begin(), history.operations.end(),
                     [](const Operation& o) { return o.invoke_time != checker::kNoTime; });
}

/// The times of a history, or the positions of its events where it has no times.
class Times {
 public:
  explicit Times(const History& history) : timed_(has_times(history)) {}

  std::int64_t begin(const Operation& operation) {
    if (!timed_) return operation.invoke;
    latest_ = std::max(latest_, operation.invoke_time);
    return latest_;
  }
  /// -1: it never completed.
  [[nodiscard]] std::int64_t end(const Operation& operation, std::int64_t begin) const {
    if (!timed_) {
      return operation.complete == checker::kNever ? -1 : std::int64_t{operation.complete};
    }
    if (operation.complete_time == checker::kNoTime) return -1;
    return std::max(begin, operation.complete_time);
  }

 private:
  bool timed_;
  std::int64_t latest_ = 0;
};

/// Numbers the client threads in the order of their numbers.
class Lanes {
 public:
  Lanes(const History& history, const ClientThreads& threads, RunOperations& out)
      : threads_(threads), out_(out) {
    std::vector<std::int64_t> all;
    for (const Operation& operation : history.operations) all.push_back(thread_of(operation));
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    for (const std::int64_t thread : all) {
      lane_of_[thread] = static_cast<std::uint32_t>(std::min(out.lanes.size(), kLast));
      if (out.lanes.size() == RunOperations::kLanesMax) continue;
      out.lanes.push_back(
          {page_text(history.process_text(thread), kPageNameBytes), node_of(thread)});
    }
    if (all.size() > out.lanes.size()) out.lanes.back() = {"others", ""};
  }
  std::uint32_t add(const Operation& operation) {
    const std::uint32_t lane = lane_of_.at(thread_of(operation));
    ++out_.lanes[lane].operations;
    return lane;
  }

 private:
  static constexpr std::size_t kLast = RunOperations::kLanesMax - 1;
  [[nodiscard]] std::int64_t thread_of(const Operation& operation) const {
    if (threads_.count == 0 || operation.process < 0) return operation.process;
    return operation.process % static_cast<std::int64_t>(threads_.count);
  }
  [[nodiscard]] std::string node_of(std::int64_t thread) const {
    if (threads_.count == 0 || thread < 0 || !threads_.node_of) return "";
    return threads_.node_of(static_cast<std::uint64_t>(thread));
  }

  const ClientThreads& threads_;
  RunOperations& out_;
  std::unordered_map<std::int64_t, std::uint32_t> lane_of_;
};

/// A history names functions that no operation uses: faults are events of it, too.
std::vector<std::uint8_t> add_functions(const History& history, RunOperations& out) {
  constexpr std::size_t kLast = 255;
  std::vector<std::uint8_t> numbers(history.functions.size());
  for (std::size_t id = 0; id < history.functions.size(); ++id) {
    if (!history.uses(static_cast<checker::FunctionId>(id))) continue;
    numbers[id] = static_cast<std::uint8_t>(std::min(out.functions.size(), kLast));
    if (out.functions.size() > kLast) continue;
    out.functions.push_back(page_text(history.functions[id], kPageNameBytes));
  }
  return numbers;
}

void add_keys(const History& history, RunOperations& out) {
  const std::size_t kept = std::min(history.keys.size(), RunOperations::kKeysMax);
  for (std::size_t i = 0; i < kept; ++i) {
    out.keys.push_back(page_text(history.keys[i], kPageNameBytes));
  }
  out.keys_left_out = history.keys.size() - kept;
  if (out.keys_left_out > 0) out.keys.push_back("others");
}

/// What an acknowledged operation returned; what was asked where it returned nothing.
checker::ValueId shown_value(const Operation& operation) {
  const bool answered =
      operation.outcome == checker::Outcome::kOk && operation.result != checker::kNoValue;
  const bool says_something =
      operation.function == checker::kRead || operation.result != checker::kNullValue;
  return answered && says_something ? operation.result : operation.argument;
}

void reserve(RunOperations& out, std::size_t count) {
  for (auto* column : {&out.invoke, &out.duration, &out.process, &out.lane, &out.key, &out.index}) {
    column->reserve(count);
  }
  out.function.reserve(count);
  out.outcome.reserve(count);
}

}  // namespace

RunOperations operations_of(const History& history, const ClientThreads& threads) {
  RunOperations out;
  out.row = by_invocation(history);
  reserve(out, out.row.size());
  add_keys(history, out);
  const auto functions = add_functions(history, out);
  Times times(history);
  std::vector<std::pair<std::int64_t, std::int64_t>> intervals;
  intervals.reserve(out.row.size());
  std::int64_t last = 0;
  for (const std::uint32_t row : out.row) {
    const std::int64_t begin = times.begin(history.operations[row]);
    const std::int64_t end = times.end(history.operations[row], begin);
    intervals.emplace_back(begin, end);
    last = std::max({last, begin, end});
  }
  // One less than the largest number, which stands for "never completed".
  constexpr std::int64_t kTicksMax = RunOperations::kNoDuration - 1;
  out.tick_ns = last / kTicksMax + 1;
  out.span = static_cast<std::uint32_t>(last / out.tick_ns);
  Lanes lanes(history, threads, out);
  for (std::size_t i = 0; i < out.row.size(); ++i) {
    const Operation& operation = history.operations[out.row[i]];
    const auto [begin, end] = intervals[i];
    const auto tick = static_cast<std::uint32_t>(begin / out.tick_ns);
    out.invoke.push_back(tick);
    out.duration.push_back(end < 0 ? RunOperations::kNoDuration
                                   : static_cast<std::uint32_t>(end / out.tick_ns) - tick);
    out.process.push_back(static_cast<std::uint32_t>(operation.process));
    out.lane.push_back(lanes.add(operation));
    out.key.push_back(std::min(operation.key, static_cast<std::uint32_t>(RunOperations::kKeysMax)));
    out.index.push_back(static_cast<std::uint32_t>(history.index_of(operation.invoke)));
    out.function.push_back(functions[operation.function]);
    out.outcome.push_back(static_cast<std::uint8_t>(operation.outcome));
  }
  return out;
}

std::vector<std::string> value_texts(const History& history, const RunOperations& operations,
                                     std::size_t first, std::size_t last) {
  std::vector<std::string> texts;
  texts.reserve(last - first);
  for (std::size_t i = first; i < last; ++i) {
    const auto value = shown_value(history.operations[operations.row[i]]);
    texts.push_back(
        value == checker::kNoValue ? "" : page_text(history.values.json(value), kPageValueBytes));
  }
  return texts;
}

}  // namespace capsize::harness

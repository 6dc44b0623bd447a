#include "harness/page/linearization_points.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <string>

#include "checker/check/check.h"
#include "harness/page/page_text.h"

namespace capsize::harness {
namespace {

using base::Json;
using Points = std::vector<std::optional<std::int64_t>>;

constexpr std::size_t kOrderedMax = 64;
constexpr auto kTimeLimit = std::chrono::milliseconds(200);
constexpr std::uint64_t kMemoryMax = std::uint64_t{64} << 20U;

struct Event {
  std::int64_t order = 0;  // index in the history
  std::size_t operation = 0;
  bool completes = false;
};

bool can_be_ordered(const Json& operations) {
  return operations.is_array() && operations.size() <= kOrderedMax &&
         std::all_of(operations.begin(), operations.end(), [](const Json& operation) {
           return integer_in(operation, "index") && integer_in(operation, "time") &&
                  base::field(operation, "f").is_string();
         });
}

std::vector<Event> events_without(const Json& operations, std::size_t left_out) {
  std::vector<Event> events;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    if (i == left_out) continue;
    events.push_back({*integer_in(operations[i], "index"), i, false});
    if (const auto end = integer_in(operations[i], "complete-index")) {
      events.push_back({*end, i, true});
    }
  }
  std::sort(events.begin(), events.end(),
            [](const Event& left, const Event& right) { return left.order < right.order; });
  return events;
}

/// The events as a history of one object. Processes are numbered anew: in a counterexample each
/// operation may be one of its own.
std::string history_text(const Json& operations, const std::vector<Event>& events) {
  std::string text;
  for (const Event& event : events) {
    const Json& operation = operations[event.operation];
    const std::string outcome = text_in(operation, "outcome");
    const Json line = {{"process", event.operation},
                       {"type", event.completes ? Json(outcome) : Json("invoke")},
                       {"f", base::field(operation, "f")},
                       {"value", base::field(operation, "value")}};
    text += line.dump() + "\n";
  }
  return text;
}

/// The latest invocation so far is the earliest possible point of each next operation.
std::optional<Points> place(const Json& operations, const std::vector<Event>& events,
                            const checker::Linearization& order) {
  Points points(operations.size());
  std::int64_t earliest = 0;
  for (const auto& step : order.operations) {
    if (step.invoke >= events.size()) return std::nullopt;
    const std::size_t operation = events[step.invoke].operation;
    earliest = std::max(earliest, *integer_in(operations[operation], "time"));
    points[operation] = earliest;
  }
  return points;
}

std::optional<Points> points_without(const Json& operations, const std::string& model,
                                     std::size_t left_out) {
  const auto events = events_without(operations, left_out);
  const std::string text = history_text(operations, events);
  checker::CheckOptions options{.model = model, .time_limit = kTimeLimit};
  options.memory_limit_bytes = kMemoryMax;
  auto loaded = checker::load_history_text(text, options);
  const auto* history = std::get_if<checker::History>(&loaded);
  if (history == nullptr) return std::nullopt;
  checker::Linearization order;
  const auto report = checker::check_history(*history, options, &order);
  if (report.verdict != checker::Verdict::kValid || order.model.empty()) return std::nullopt;
  return place(operations, events, order);
}

}  // namespace

std::vector<std::optional<std::int64_t>> linearization_points(const Json& operations,
                                                              const std::string& model) {
  if (!can_be_ordered(operations)) return {};
  // The observer is the last operation that the sentence names; then any other that it names.
  for (std::size_t i = operations.size(); i-- > 0;) {
    if (!is_set_in(operations[i], "named")) continue;
    if (auto points = points_without(operations, model, i)) return *std::move(points);
  }
  return {};
}

}  // namespace capsize::harness

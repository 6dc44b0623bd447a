#include "harness/report/violation_text.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <span>
#include <vector>

#include "base/printable.h"
#include "checker/explain/wording.h"
#include "checker/history/times.h"

namespace capsize::harness {
namespace {

constexpr std::size_t kColumnsMax = 60;
constexpr std::size_t kCharactersPerEvent = 2;

}  // namespace

Intervals intervals_of(std::span<const checker::OperationView> operations) {
  std::vector<std::uint64_t> events;
  for (const auto& operation : operations) {
    events.push_back(operation.index);
    if (operation.complete_index) events.push_back(*operation.complete_index);
  }
  std::sort(events.begin(), events.end());
  events.erase(std::unique(events.begin(), events.end()), events.end());
  const auto place = [&](std::uint64_t event) {
    return static_cast<std::size_t>(std::lower_bound(events.begin(), events.end(), event) -
                                    events.begin());
  };
  Intervals drawn;
  drawn.columns = events.size();
  for (const auto& operation : operations) {
    const bool ends = operation.complete_index.has_value();
    drawn.intervals.push_back(
        {place(operation.index), ends ? place(*operation.complete_index) : events.size(), ends});
  }
  return drawn;
}

std::vector<std::string> interval_drawing(std::span<const checker::OperationView> operations) {
  std::vector<std::string> lines(operations.size());
  const Intervals drawn = intervals_of(operations);
  if (drawn.columns > kColumnsMax) return lines;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    const auto& [begin, end, ends] = drawn.intervals[i];
    const bool failed = operations[i].outcome == checker::Outcome::kFail;
    std::string& line = lines[i];
    line.assign(begin * kCharactersPerEvent, ' ');
    line += '[';
    // Events with the same index (--lenient) share a column.
    const std::size_t columns = std::max<std::size_t>(end > begin ? end - begin : 0, 1);
    line.append(columns * kCharactersPerEvent - 1, failed ? 'x' : '=');
    line += ends ? ']' : '>';
  }
  return lines;
}

namespace {

using Operations = std::span<const checker::OperationView>;

constexpr std::size_t kShownMax = 40;
constexpr std::size_t kAllShown = 12;          // so few are shown whatever they are
constexpr std::size_t kConcurrencyShown = 12;  // operations; of more, the drawing says it better
constexpr std::size_t kValueShown = 40;
constexpr std::size_t kValueWidthMin = 16;

std::string concurrency(Operations operations) {
  std::string text;
  if (operations.size() > kConcurrencyShown) return text;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    std::string others;
    for (std::size_t j = i + 1; j < operations.size(); ++j) {
      if (checker::precedes(operations[i], operations[j]) ||
          checker::precedes(operations[j], operations[i])) {
        continue;
      }
      others += fmt::format("{}#{}", others.empty() ? "" : ", ", j + 1);
    }
    if (!others.empty())
      text += fmt::format("{}#{} with {}", text.empty() ? "" : "; ", i + 1, others);
  }
  return text.empty() ? text : fmt::format("    concurrent: {}\n", text);
}

std::string staleness_text(const checker::Staleness& staleness) {
  std::string text = "    behind by at least ";
  if (staleness.nanoseconds != checker::kNoTime) {
    text += checker::duration_text(staleness.nanoseconds) + " and ";
  }
  return text +
         fmt::format("{} version{}\n", staleness.versions, staleness.versions == 1 ? "" : "s");
}

// Control characters of a hostile history must not reach a terminal, and JSON escapes them all.
std::vector<std::string> shortened_values(Operations operations) {
  std::vector<std::string> whole;
  for (const auto& operation : operations) whole.push_back(operation.value);
  std::vector<std::string> values;
  for (const auto& value : whole) {
    values.push_back(checker::distinct_excerpt(value, whole, kValueShown));
  }
  return values;
}

}  // namespace

ShownOperations shown_operations(const checker::Violation& violation, std::size_t operations_max,
                                 std::size_t background_max) {
  ShownOperations shown;
  const bool all = violation.operations.size() <= background_max;
  std::copy_if(violation.operations.begin(), violation.operations.end(),
               std::back_inserter(shown.operations),
               [&](const auto& operation) { return all || !operation.background; });
  shown.background_left_out = violation.operations.size() - shown.operations.size();
  std::stable_partition(shown.operations.begin(), shown.operations.end(),
                        [](const auto& operation) { return operation.named; });
  // If many values repeat, the explanation contains every possible source. Keeps its last
  // operations, because the conflict is there.
  while (shown.operations.size() > operations_max) {
    const auto first_unnamed = std::find_if(shown.operations.begin(), shown.operations.end(),
                                            [](const auto& operation) { return !operation.named; });
    const std::size_t too_many = shown.operations.size() - operations_max;
    const auto rest = static_cast<std::size_t>(shown.operations.end() - first_unnamed);
    const auto from = rest == 0 ? shown.operations.begin() : first_unnamed;
    const std::size_t gone = rest == 0 ? too_many : std::min(too_many, rest);
    shown.operations.erase(from, from + static_cast<std::ptrdiff_t>(gone));
    shown.earlier_left_out += gone;
  }
  shown.values = shortened_values(shown.operations);
  for (const auto& operation : shown.operations) {
    const std::int64_t time = operation.invoke_time;
    if (time == checker::kNoTime) continue;
    const bool first = shown.start_time == checker::kNoTime || time < shown.start_time;
    if (first) shown.start_time = time;
  }
  return shown;
}

ShownOperations shown_in_text(const checker::Violation& violation) {
  return shown_operations(violation, kShownMax, kAllShown);
}

std::string time_since(std::int64_t start, std::int64_t time) {
  if (time == checker::kNoTime || start == checker::kNoTime) return "-";
  if (time == start) return "0";
  if (time < start) return "-" + checker::duration_text(checker::time_between(time, start));
  return "+" + checker::duration_text(checker::time_between(start, time));
}

std::string same_on_text(const checker::Violation& violation) {
  constexpr std::size_t kKeysShown = 8;
  const auto& keys = violation.same_on;
  if (keys.empty()) return "";
  std::string text =
      fmt::format("the same on {} other key{}: ", keys.size(), keys.size() == 1 ? "" : "s");
  for (std::size_t i = 0; i < std::min(keys.size(), kKeysShown); ++i) {
    text += (i == 0 ? "" : ", ") + checker::distinct_excerpt(keys[i], keys, kValueShown);
  }
  return keys.size() > kKeysShown ? text + ", ..." : text;
}

std::string violation_text(const checker::Violation& violation) {
  if (violation.repeated) return "";
  std::string text;
  const auto out = std::back_inserter(text);
  fmt::format_to(out, "\n  {}: {}\n", checker::name(violation.anomaly),
                 base::printable(violation.sentence));
  if (violation.staleness) text += staleness_text(*violation.staleness);
  if (const std::string same = same_on_text(violation); !same.empty()) {
    fmt::format_to(out, "    {}\n", base::printable(same));
  }
  const ShownOperations shown = shown_in_text(violation);
  const auto drawing = interval_drawing(shown.operations);
  std::size_t width = kValueWidthMin;
  for (const std::string& value : shown.values) width = std::max(width, value.size());
  fmt::format_to(out, "    {:>3}  {:>7}  {:<7} {:<{}} {:>10}  {:>10}  {:<7}\n", "#", "process", "f",
                 "value", width, "invoked", "completed", "outcome");
  if (shown.background_left_out > 0) {
    fmt::format_to(out,
                   "    ({} that the sentence speaks for are left out here, --json has them)\n",
                   shown.background_left_out);
  }
  if (shown.earlier_left_out > 0) {
    fmt::format_to(out, "    ({} earlier ones are left out here, --json has them)\n",
                   shown.earlier_left_out);
  }
  for (std::size_t i = 0; i < shown.operations.size(); ++i) {
    const auto& operation = shown.operations[i];
    fmt::format_to(out, "  {} {:>3}  {:>7}  {:<7} {:<{}} {:>10}  {:>10}  {:<7} {}\n",
                   operation.named ? '*' : ' ', i + 1,
                   base::printable(checker::client_text(operation)),
                   base::printable(operation.function), base::printable(shown.values[i]), width,
                   time_since(shown.start_time, operation.invoke_time),
                   time_since(shown.start_time, operation.complete_time),
                   checker::name(operation.outcome), drawing[i]);
  }
  text += concurrency(shown.operations);
  if (!violation.minimal) fmt::format_to(out, "    (some of these may be superfluous)\n");
  return text;
}

std::string weaker_models_text(const checker::Report& report) {
  using Holds = checker::ConsistencyAnswer::Holds;
  std::string text;
  const auto add = [&text](std::string_view question, const checker::ConsistencyAnswer& answer) {
    text += fmt::format("    {:<18} {}{}{}\n", question, checker::name(answer.holds),
                        answer.detail.empty() ? "" : ": ", base::printable(answer.detail));
  };
  const auto is_repeated = [&](const std::string& key) {
    return std::any_of(report.violations.begin(), report.violations.end(),
                       [&](const auto& one) { return one.repeated && one.key == key; });
  };
  for (const auto& [key, answers] : report.weaker) {
    const bool decided = std::any_of(answers.begin(), answers.end(), [](const auto& answer) {
      return answer.holds != Holds::kUnknown;
    });
    if (!decided || is_repeated(key)) continue;
    text += "  weaker" + (key.empty() ? "" : ", of key " + base::printable(key)) + ":\n";
    for (const auto& answer : answers) {
      if (answer.holds != Holds::kUnknown) add(answer.question, answer);
    }
  }
  if (report.sequential_of_all_keys && report.sequential_of_all_keys->holds != Holds::kUnknown) {
    text += "  weaker, of all keys together:\n";
    add("sequential", *report.sequential_of_all_keys);
  }
  return text;
}

}  // namespace capsize::harness

#include "harness/report/violation_text.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <span>
#include <vector>

#include "checker/explain/wording.h"

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
    line.append((end - begin) * kCharactersPerEvent - 1, failed ? 'x' : '=');
    line += ends ? ']' : '>';
  }
  return lines;
}

namespace {

using Operations = std::span<const checker::OperationView>;

constexpr std::size_t kShownMax = 40;
constexpr std::size_t kAllShown = 12;         // so few are shown whatever they are
constexpr std::size_t kConcurrencyTold = 12;  // operations; of more, the drawing says it better
constexpr std::size_t kValueShown = 40;

std::string at(std::int64_t time) {
  return time == checker::kNoTime ? std::string("-")
                                  : fmt::format("{:.4f} s", static_cast<double>(time) / 1e9);
}

// Control characters of a hostile history must not reach a terminal, and JSON escapes them all;
// a cut must not fall into the middle of a character.
std::string shortened(const std::string& text) {
  if (text.size() <= kValueShown) return text;
  std::size_t end = kValueShown - 3;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

std::string concurrency(Operations operations) {
  std::string text;
  if (operations.size() > kConcurrencyTold) return text;
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

// Where there are many operations, those that are there only for completeness are left out.
std::vector<checker::OperationView> telling(const checker::Violation& violation) {
  if (violation.operations.size() <= kAllShown) return violation.operations;
  std::vector<checker::OperationView> some;
  std::copy_if(violation.operations.begin(), violation.operations.end(), std::back_inserter(some),
               [](const auto& operation) { return !operation.background; });
  return some;
}

}  // namespace

std::string violation_text(const checker::Violation& violation) {
  std::string text;
  const auto out = std::back_inserter(text);
  fmt::format_to(out, "\n  {}: {}\n", checker::name(violation.anomaly), violation.sentence);
  if (violation.staleness) text += staleness_text(*violation.staleness);
  // Where many values repeat, everything that might have been meant belongs to the explanation; the
  // end of it is where no order fits any more.
  const auto some = telling(violation);
  const std::size_t left_out = some.size() > kShownMax ? some.size() - kShownMax : 0;
  const Operations shown = Operations(some).subspan(left_out);
  const auto drawing = interval_drawing(shown);
  fmt::format_to(out, "    {:>3}  {:>7}  {:<7} {:<16} {:>12}  {:>12}  {:<7}\n", "#", "process", "f",
                 "value", "invoked", "completed", "outcome");
  if (some.size() < violation.operations.size()) {
    fmt::format_to(out,
                   "    ({} that the sentence speaks for are left out here, --json has them)\n",
                   violation.operations.size() - some.size());
  }
  if (left_out > 0) {
    fmt::format_to(out, "    ({} earlier ones are left out here, --json has them)\n", left_out);
  }
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const auto& operation = shown[i];
    fmt::format_to(out, "    {:>3}  {:>7}  {:<7} {:<16} {:>12}  {:>12}  {:<7} {}\n", i + 1,
                   operation.process, operation.function, shortened(operation.value),
                   at(operation.invoke_time), at(operation.complete_time),
                   checker::name(operation.outcome), drawing[i]);
  }
  text += concurrency(shown);
  if (!violation.minimal) fmt::format_to(out, "    (some of these may be superfluous)\n");
  return text;
}

std::string weaker_text(const checker::Report& report) {
  std::string text;
  const auto add = [&text](std::string_view question, const checker::WeakerAnswer& answer) {
    text += fmt::format("    {:<18} {}{}{}\n", question, checker::name(answer.holds),
                        answer.detail.empty() ? "" : ": ", answer.detail);
  };
  for (const auto& [key, answers] : report.weaker) {
    text += "  weaker" + (key.empty() ? "" : ", of key " + key) + ":\n";
    for (const auto& answer : answers) add(answer.question, answer);
  }
  if (report.sequential_of_all_keys) {
    text += "  weaker, of all keys together:\n";
    add("sequential", *report.sequential_of_all_keys);
  }
  return text;
}

}  // namespace capsize::harness

#include "harness/report/violation_text.h"

#include <fmt/format.h>

#include <iterator>
#include <span>

namespace capsize::harness {
namespace {

constexpr std::size_t kShownMax = 40;

std::string at(std::int64_t time) {
  return time == checker::kNoTime ? std::string("-")
                                  : fmt::format("{:.4f} s", static_cast<double>(time) / 1e9);
}

}  // namespace

std::string violation_text(const checker::Violation& violation) {
  std::string text;
  const auto out = std::back_inserter(text);
  fmt::format_to(out, "\n  {}: {}\n", checker::name(violation.anomaly), violation.sentence);
  fmt::format_to(out, "    {:>7}  {:<7} {:<16} {:>12}  {:>12}  {}\n", "process", "f", "value",
                 "invoked", "completed", "outcome");
  // Where many values repeat, everything that might have been meant belongs to the explanation; the
  // end of it is where no order fits any more.
  const std::size_t count = violation.operations.size();
  const std::size_t left_out = count > kShownMax ? count - kShownMax : 0;
  if (left_out > 0) {
    fmt::format_to(out, "    ({} earlier ones are left out here, --json has them)\n", left_out);
  }
  for (const auto& operation : std::span(violation.operations).subspan(left_out)) {
    fmt::format_to(out, "    {:>7}  {:<7} {:<16} {:>12}  {:>12}  {}\n", operation.process,
                   operation.function, operation.value, at(operation.invoke_time),
                   at(operation.complete_time), checker::name(operation.outcome));
  }
  if (!violation.minimal) fmt::format_to(out, "    (some of these may be superfluous)\n");
  return text;
}

}  // namespace capsize::harness

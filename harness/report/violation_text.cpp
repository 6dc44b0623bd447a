#include "harness/report/violation_text.h"

#include <fmt/format.h>

#include <iterator>

namespace capsize::harness {
namespace {

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
  for (const auto& operation : violation.operations) {
    fmt::format_to(out, "    {:>7}  {:<7} {:<16} {:>12}  {:>12}  {}\n", operation.process,
                   operation.function, operation.value, at(operation.invoke_time),
                   at(operation.complete_time), checker::name(operation.outcome));
  }
  if (!violation.minimal) fmt::format_to(out, "    (some of these may be superfluous)\n");
  return text;
}

}  // namespace capsize::harness

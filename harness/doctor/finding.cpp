#include "harness/doctor/finding.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "base/printable.h"

namespace capsize::harness {

std::string_view name(FindingState state) {
  switch (state) {
    case FindingState::kWarning:
      return "warning";
    case FindingState::kImpossible:
      return "impossible";
    case FindingState::kOk:
      break;
  }
  return "ok";
}

namespace {

std::string value_text(const base::Json& value) {
  if (value.is_string()) return base::printable(value.text());
  const double number = value.get<double>();
  return number == std::floor(number) ? fmt::format("{:.0f}", number) : fmt::format("{}", number);
}

}  // namespace

Finding finding(std::string name, base::Json value, std::string unit, bool bad,
                std::string advice) {
  return {.name = std::move(name),
          .value = std::move(value),
          .unit = std::move(unit),
          .state = bad ? FindingState::kWarning : FindingState::kOk,
          .advice = bad ? std::move(advice) : std::string()};
}

std::string line_of(const Finding& finding) {
  const std::string advice = finding.advice.empty() ? "" : ": " + base::printable(finding.advice);
  std::string label = finding.name;
  const bool is_program = label.starts_with("capsize-");
  if (!is_program) std::replace(label.begin(), label.end(), '-', ' ');
  return fmt::format("{:<23} {:>16} {:<5} {}{}\n", label, value_text(finding.value), finding.unit,
                     name(finding.state), advice);
}

base::Json to_json(const Finding& finding) {
  base::Json line = {
      {"name", finding.name}, {"value", finding.value}, {"state", name(finding.state)}};
  if (!finding.unit.empty()) line["unit"] = finding.unit;
  if (!finding.advice.empty()) line["advice"] = finding.advice;
  return line;
}

}  // namespace capsize::harness

#include "harness/page/argument.h"

#include <fmt/core.h>

#include <algorithm>

#include "checker/explain/wording.h"

namespace capsize::harness {
namespace {

constexpr std::size_t kArguedMax = 12;  // more are a drawing, not an argument
constexpr std::size_t kOrdersMax = 12;

std::string what_happened(const ArguedOperation& operation, const std::string& key) {
  const std::string by = fmt::format("by process {}", operation.process);
  const std::string of = key.empty() ? "" : " of " + key;
  const std::string to = key.empty() ? "" : " to " + key;
  if (operation.function == "read") {
    if (operation.outcome != "ok") return fmt::format("the read{} {}, without an answer", of, by);
    return fmt::format("the read{} {}, which returned {}", of, by, operation.value);
  }
  const std::string ending = operation.outcome == "ok"     ? ", which was acknowledged"
                             : operation.outcome == "fail" ? ", which failed"
                                                           : ", whose outcome is unknown";
  const bool is_write = operation.function == "write" || operation.function == "append";
  return fmt::format("{} {}{} {}{}", operation.function, operation.value, is_write ? to : of, by,
                     ending);
}

bool precedes(const ArguedOperation& first, const ArguedOperation& second) {
  // An indeterminate operation may take effect at any later time, so it precedes nothing.
  return first.outcome == "ok" && first.complete_ms && second.invoke_ms &&
         *first.complete_ms < *second.invoke_ms;
}

/// Whether another operation is between the two, so that their order follows from two others.
bool follows_from_others(const std::vector<ArguedOperation>& operations, std::size_t first,
                         std::size_t second) {
  return std::any_of(operations.begin(), operations.end(), [&](const ArguedOperation& between) {
    return precedes(operations[first], between) && precedes(between, operations[second]);
  });
}

std::string in_real_time(const std::vector<ArguedOperation>& operations, std::size_t first,
                         std::size_t second) {
  const double gap = *operations[second].invoke_ms - *operations[first].complete_ms;
  return fmt::format("#{} takes effect before #{}, because it had completed {} before #{} began",
                     first + 1, second + 1,
                     checker::duration_text(static_cast<std::int64_t>(gap * 1e6)), second + 1);
}

bool is_write_of(const ArguedOperation& operation, const std::string& value) {
  return operation.function == "write" && operation.value == value && operation.outcome != "fail";
}

/// The write whose value a read returned, if it is the only one with that value.
std::optional<std::size_t> source_of(const std::vector<ArguedOperation>& operations,
                                     const ArguedOperation& read) {
  if (read.function != "read" || read.outcome != "ok") return std::nullopt;
  std::optional<std::size_t> source;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    if (!is_write_of(operations[i], read.value)) continue;
    if (source) return std::nullopt;
    source = i;
  }
  return source;
}

void add_orders(const std::vector<ArguedOperation>& operations, std::vector<ArgumentStep>& steps) {
  std::vector<std::string> orders;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    for (std::size_t j = 0; j < operations.size(); ++j) {
      if (!precedes(operations[i], operations[j])) continue;
      if (!follows_from_others(operations, i, j)) orders.push_back(in_real_time(operations, i, j));
    }
  }
  for (std::size_t i = 0; i < operations.size(); ++i) {
    const auto source = source_of(operations, operations[i]);
    if (!source) continue;
    orders.push_back(fmt::format("#{} takes effect before #{}, which returned its value {}",
                                 *source + 1, i + 1, operations[i].value));
  }
  if (orders.size() > kOrdersMax) orders.resize(kOrdersMax);
  for (auto& order : orders) steps.push_back({ArgumentStep::Kind::kThen, std::move(order)});
}

}  // namespace

const char* name(ArgumentStep::Kind kind) {
  switch (kind) {
    case ArgumentStep::Kind::kLet:
      return "let";
    case ArgumentStep::Kind::kThen:
      return "then";
    case ArgumentStep::Kind::kHowever:
      break;
  }
  return "however";
}

std::vector<ArgumentStep> argument_of(const std::vector<ArguedOperation>& operations,
                                      const std::string& key, const std::string& sentence) {
  std::vector<ArgumentStep> steps;
  if (operations.empty() || operations.size() > kArguedMax) return steps;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    steps.push_back({ArgumentStep::Kind::kLet,
                     fmt::format("#{} be {}", i + 1, what_happened(operations[i], key))});
  }
  add_orders(operations, steps);
  steps.push_back(
      {ArgumentStep::Kind::kHowever,
       fmt::format("no order of these operations satisfies all of that: {}", sentence)});
  return steps;
}

}  // namespace capsize::harness

#include "harness/page/argument.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/json.h"
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

/// What an operation saw, and what it left: JSON as text; empty where it saw or left nothing.
struct Effect {
  std::string saw, left;
};

Effect effect_of(const ArguedOperation& operation) {
  const bool ok = operation.outcome == "ok";
  if (operation.function == "read") return {ok ? operation.value : "", ""};
  if (operation.outcome == "fail") return {};
  if (operation.function == "write") return {"", operation.value};
  if (operation.function != "cas") return {};
  const base::Json pair = base::Json::parse(operation.value);
  if (!pair.is_array() || pair.size() != 2) return {};
  return {ok ? pair[0].dump() : "", pair[1].dump()};
}

/// The operation that left what this one saw, if it is the only one.
std::optional<std::size_t> source_of(const std::vector<ArguedOperation>& operations,
                                     std::size_t observer) {
  const std::string saw = effect_of(operations[observer]).saw;
  std::optional<std::size_t> source;
  for (std::size_t i = 0; i < operations.size() && !saw.empty(); ++i) {
    if (i == observer || effect_of(operations[i]).left != saw) continue;
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
    const auto source = source_of(operations, i);
    if (!source) continue;
    const char* verb = operations[i].function == "read" ? "returned" : "found";
    orders.push_back(fmt::format("#{} takes effect before #{}, which {} its value {}", *source + 1,
                                 i + 1, verb, effect_of(operations[i]).saw));
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

#include "checker/report/operation_view.h"

#include <fmt/format.h>

#include "checker/history/malformed.h"

namespace capsize::checker {

OperationView view(const History& history, const Operation& operation) {
  OperationView shown;
  shown.process = operation.process;
  shown.process_name = history.process_text(operation.process);
  shown.function = history.functions[operation.function];
  // The result of a dequeue is shown like that of a read, and so is the answer of a membership
  // test.
  const bool asks = operation.function == kRead || operation.argument == kNullValue ||
                    shown.function == "contains";
  const bool learnt = operation.outcome == Outcome::kOk && asks;
  shown.value = history.values.json(learnt ? operation.result : operation.argument);
  shown.invoke_time = operation.invoke_time;
  shown.complete_time = operation.complete_time;
  shown.index = history.index_of(operation.invoke);
  if (operation.complete != kNever) shown.complete_index = history.index_of(operation.complete);
  shown.outcome = operation.outcome;
  return shown;
}

std::string described(const History& history, const Operation& operation) {
  return fmt::format("{} with {} at index {}", history.functions[operation.function],
                     excerpt(view(history, operation).value), history.index_of(operation.invoke));
}

std::string client_text(const OperationView& operation) {
  if (operation.process >= 0) return std::to_string(operation.process);
  return excerpt(operation.process_name);
}

bool precedes(const OperationView& first, const OperationView& second) {
  return first.complete_index && *first.complete_index < second.index;
}

}  // namespace capsize::checker

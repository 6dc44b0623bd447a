#include "checker/history/history.h"

#include <algorithm>

namespace capsize::checker {

bool History::uses(FunctionId function) const {
  return std::any_of(operations.begin(), operations.end(), [function](const Operation& operation) {
    return operation.function == function;
  });
}

void History::count_outcomes() {
  counts.operations = operations.size();
  counts.ok = counts.fail = counts.info = 0;
  for (const Operation& operation : operations) {
    counts.ok += operation.outcome == Outcome::kOk;
    counts.fail += operation.outcome == Outcome::kFail;
    counts.info += operation.outcome == Outcome::kInfo;
  }
  counts.keys = keys.size();
}

std::uint64_t History::memory_bytes() const {
  return operations.capacity() * sizeof(Operation) + values.memory_bytes() +
         (key_begin.capacity() + file_index.capacity()) * sizeof(std::uint64_t) + keys.size() * 64;
}

}  // namespace capsize::checker

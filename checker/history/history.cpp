#include "checker/history/history.h"

#include <algorithm>

namespace capsize::checker {

bool History::uses(FunctionId function) const {
  return std::any_of(operations.begin(), operations.end(), [function](const Operation& operation) {
    return operation.function == function;
  });
}

std::string History::process_text(std::int64_t process) const {
  if (process >= 0) return std::to_string(process);
  const auto place = static_cast<std::size_t>(-1 - process);
  return place < process_names.size() ? process_names[place] : std::to_string(process);
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

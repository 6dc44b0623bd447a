#include "checker/specification/counter.h"

#include "base/check.h"

namespace capsize::checker {

std::int64_t counter_sum(const StateTable& states, State state) {
  const auto halves = states.elements(state);
  CHECK(halves.size() == 2, "the state of a counter is two halves of a sum");
  return static_cast<std::int64_t>((std::uint64_t{halves[1]} << 32) | std::uint64_t{halves[0]});
}

std::int64_t counter_amount(const ValueTable& values, const KeyOperation& operation) {
  return operation.argument == kNullValue ? 0 : values.as_integer(operation.argument);
}

}  // namespace capsize::checker

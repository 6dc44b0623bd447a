#include <fmt/core.h>

#include <algorithm>

#include "checker/explain/explainers.h"
#include "checker/explain/wording.h"
#include "checker/specification/finding.h"
#include "checker/specification/key_problem.h"

namespace capsize::checker {
namespace {

// The observation with the latest invocation: the set is minimal, so the others have a legal order
// without it.
const KeyOperation* last_observation(std::span<const KeyOperation> counterexample) {
  const KeyOperation* last = nullptr;
  for (const KeyOperation& operation : counterexample) {
    if (operation.required && (operation.pure || operation.observed != kNoValue)) last = &operation;
  }
  return last;
}

}  // namespace

Finding explain_any(const KeyProblem& problem, std::span<const KeyOperation> counterexample) {
  const Wording wording(problem);
  const KeyOperation* last = last_observation(counterexample);
  if (last == nullptr) {
    return {Anomaly::kNoLegalOrder, fmt::format("the {} operations shown{} have no legal order",
                                                counterexample.size(), wording.of_key())};
  }
  const std::string what = wording.saw(*last);
  if (counterexample.size() == 1) {
    return {Anomaly::kNoLegalOrder, fmt::format("{}, which the initial value{} rules out: no legal "
                                                "order",
                                                what, wording.of_key())};
  }
  return {Anomaly::kNoLegalOrder,
          fmt::format("{}, which fits no order of it and the {} other operations shown: no legal "
                      "order",
                      what, counterexample.size() - 1)};
}

}  // namespace capsize::checker

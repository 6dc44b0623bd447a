// Names violations of registers, whose values may repeat, that are independent of times and order:
// a value that no operation can have produced, and more cas that replaced a value than mutations
// that produced it.
#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <unordered_set>
#include <vector>

#include "checker/explain/explainers.h"
#include "checker/explain/unwritten_value.h"
#include "checker/explain/wording.h"
#include "checker/specification/finding.h"
#include "checker/specification/key_problem.h"

namespace capsize::checker {
namespace {

bool changes_from(const KeyOperation& operation, ValueId value) {
  return operation.required && !operation.pure && operation.observed == value &&
         operation.written != value;
}

bool changes_to(const KeyOperation& operation, ValueId value) {
  return operation.written == value && operation.observed != value;
}

// A successful cas ends an interval in which its expected value was there, and a mutation begins
// each such interval. With more ends than beginnings, two cas succeeded on the same value, whatever
// the order.
std::optional<Finding> lost_update(const KeyProblem& problem,
                                   std::span<const KeyOperation> counterexample) {
  const Wording wording(problem);
  std::map<ValueId, std::vector<const KeyOperation*>> winners;
  for (const KeyOperation& cas : counterexample) {
    if (cas.observed != kNoValue && changes_from(cas, cas.observed)) {
      winners[cas.observed].push_back(&cas);
    }
  }
  for (const auto& [expected, cas] : winners) {
    const ValueId value = expected;
    const auto times = static_cast<std::size_t>(
        std::count_if(counterexample.begin(), counterexample.end(),
                      [&](const auto& writer) { return changes_to(writer, value); }) +
        (value == problem.initial ? 1 : 0));
    if (times == 0 || cas.size() <= times) continue;
    const std::string often = times == 1 ? "once" : fmt::format("{} times", times);
    std::string took_effect = fmt::format("{} and {} both", wording.by_process(*cas.front()),
                                          wording.by_process(*cas.back()));
    if (cas.size() > 2) took_effect = fmt::format("{} and {} others", took_effect, cas.size() - 2);
    return Finding{Anomaly::kLostUpdate,
                   fmt::format("{} took effect, though {} was the value only {}: a lost update",
                               took_effect, wording.value(value), often)};
  }
  return std::nullopt;
}

// The possible values: the initial one, written ones, and those that a cas wrote over one of these.
std::unordered_set<ValueId> possible_values(ValueId initial,
                                            std::span<const KeyOperation> counterexample) {
  std::unordered_set<ValueId> possible = {initial};
  for (bool more = true; more;) {
    more = false;
    for (const KeyOperation& operation : counterexample) {
      if (operation.written == kNoValue) continue;
      if (operation.observed != kNoValue && !possible.contains(operation.observed)) continue;
      more = possible.insert(operation.written).second || more;
    }
  }
  return possible;
}

Finding impossible_value(const KeyProblem& problem, std::span<const KeyOperation> counterexample,
                         const KeyOperation& observer) {
  const Wording wording(problem);
  const ValueId value = observer.observed;
  const auto writes_it = [&](const KeyOperation& writer) {
    return writer.written == value && writer.source != observer.source;
  };
  if (std::any_of(counterexample.begin(), counterexample.end(), writes_it)) {
    return {Anomaly::kCyclicCas,
            fmt::format("{}, but that can only come from cas operations whose values come from one "
                        "another: a cyclic cas",
                        wording.saw(observer))};
  }
  return explain_unwritten_value(problem,
                                 {.observer = observer,
                                  .saw = wording.saw(observer),
                                  .is_writer = writes_it,
                                  .wrote = observer.written == value ? "wrote before it" : "wrote",
                                  .as_initial = value});
}

}  // namespace

std::optional<Finding> explain_value_count(const KeyProblem& problem,
                                           std::span<const KeyOperation> counterexample) {
  const bool whole_values = std::all_of(
      counterexample.begin(), counterexample.end(),
      [](const auto& operation) { return operation.pure || operation.written != kNoValue; });
  if (!whole_values) return std::nullopt;
  const auto possible = possible_values(problem.initial, counterexample);
  for (const KeyOperation& observer : counterexample) {
    if (!observer.required || observer.observed == kNoValue) continue;
    if (!possible.contains(observer.observed))
      return impossible_value(problem, counterexample, observer);
  }
  return lost_update(problem, counterexample);
}

}  // namespace capsize::checker

// bag: a queue without order: dequeue returns any element, or null if there is none.
//
// An indeterminate dequeue may have taken any element, so it has many possible states afterwards.
// Only a dequeue that finds the bag empty shows that elements are missing, and then all of them
// must be. So a legal order stays legal if each indeterminate dequeue is moved right before the
// next dequeue that found nothing. Which element it takes there does not matter: here it is the
// first.
//
// A drain (Jepsen's total-queue) is a sequence of dequeues by one client. Acknowledged with [a, b,
// c] it is a dequeue of each of them with the drain's interval; it is not assumed that the bag was
// empty at its end. An indeterminate one may have taken anything: it is as many indeterminate
// dequeues as there are elements that no other operation is known to have taken.
#include <algorithm>

#include "checker/collections/distinct_bag.h"
#include "checker/explain/explainers.h"
#include "checker/specification/collection.h"

namespace capsize::checker {
namespace {

constexpr std::string_view kDrain = "drain";

// A drain that has not been split is not an operation of the model.
Decoded decode_drain(const History& history, const Operation& operation) {
  const ValueId elements = operation.result;
  const bool is_list =
      elements == kNullValue || history.values.kind(elements) == ValueTable::Kind::kList;
  if (operation.outcome == Outcome::kOk && !is_list) {
    return {Decoded::Kind::kMalformed, {}, "an array of the elements that it took"};
  }
  Decoded decoded{.kind = Decoded::Kind::kDrop};
  decoded.operation.code = kCodeTake;
  return decoded;
}

Decoded decode(const History& history, const Operation& operation, const DecodeOptions&) {
  if (history.functions[operation.function] == kDrain) return decode_drain(history, operation);
  return decode_collection(history, operation, {{"enqueue", kCodeAdd}, {"dequeue", kCodeTake}});
}

// Returns the largest number of elements of a key that no known operation has taken.
std::size_t elements_to_take(const History& history, KeyId key) {
  std::size_t put = sorted_elements(history.values, history.initial.value_or(kNullValue)).size();
  std::size_t taken = 0;
  for (const Operation& operation : history.of_key(key)) {
    const std::string& function = history.functions[operation.function];
    const bool ok = operation.outcome == Outcome::kOk;
    if (function == "enqueue" && operation.outcome != Outcome::kFail) ++put;
    if (function == "dequeue" && ok && operation.result != kNullValue) ++taken;
    if (function == kDrain && ok) taken += history.values.as_list(operation.result).size();
  }
  return put > taken ? put - taken : 0;
}

FunctionId dequeue_of(History& history) {
  const auto found = std::ranges::find(history.functions, "dequeue");
  if (found == history.functions.end()) history.functions.emplace_back("dequeue");
  return static_cast<FunctionId>(std::ranges::find(history.functions, "dequeue") -
                                 history.functions.begin());
}

// Parts of a drain share its positions: equal positions are concurrent, and the index of the file
// stays theirs.
void add_parts(const History& history, const Operation& drain, FunctionId dequeue,
               std::vector<Operation>& operations) {
  Operation part = drain;
  part.function = dequeue;
  if (drain.outcome == Outcome::kInfo) {
    operations.insert(operations.end(), elements_to_take(history, drain.key), part);
  }
  if (drain.outcome != Outcome::kOk) return;
  for (const ValueId element : history.values.as_list(drain.result)) {
    part.result = element;
    operations.push_back(part);
  }
}

Prepared prepare(const History& history) {
  if (!uses_any(history, {kDrain})) return {};
  Prepared prepared{.history = history};
  History& expanded = *prepared.history;
  const FunctionId dequeue = dequeue_of(expanded);
  expanded.operations.clear();
  expanded.key_begin = {0};
  for (KeyId key = 0; key < history.keys.size(); ++key) {
    for (const Operation& operation : history.of_key(key)) {
      const bool drain = history.functions[operation.function] == kDrain;
      // A drain that cannot be split stays, and decode() reports what is wrong with it.
      if (drain && decode_drain(history, operation).kind != Decoded::Kind::kMalformed) {
        add_parts(history, operation, dequeue, expanded.operations);
      } else {
        expanded.operations.push_back(operation);
      }
    }
    expanded.key_begin.push_back(expanded.operations.size());
  }
  return prepared;
}

std::optional<State> step(StateTable& states, State state, const KeyOperation& operation) {
  const auto before = states.elements(state);
  std::vector<ValueId> elements(before.begin(), before.end());
  if (operation.code == kCodeAdd) {
    elements.insert(std::upper_bound(elements.begin(), elements.end(), operation.argument),
                    operation.argument);
    return states.list(elements);
  }
  if (operation.argument == kNullValue) {
    return elements.empty() ? std::optional(state) : std::nullopt;
  }
  const auto found = operation.argument == kNoValue
                         ? elements.begin()
                         : std::find(elements.begin(), elements.end(), operation.argument);
  if (found == elements.end()) return std::nullopt;
  elements.erase(found);
  return states.list(elements);
}

// Histories of reads alone belong to registers.
bool plausible(const History& history) {
  return uses_any(history, {"enqueue", "dequeue", kDrain});
}

const ModelRegistrar kRegistrar({
    .name = "bag",
    .summary = "an unordered queue: enqueue x, dequeue -> any x or null, drain -> array",
    .generalised_by = {},
    .functions = {"enqueue", "dequeue", "drain"},
    .deciders = {{&kDistinctBag}},
    .explainers = {{&explain_collection}, {&explain_removal_order}},
    .decode = &decode,
    .plausible = &plausible,
    .prepare = &prepare,
    .discipline = Discipline::kAnyOrder,
    .initial = &initial_sorted_collection,
    .step = &step,
    .needs = &element_needs,
});

}  // namespace
}  // namespace capsize::checker

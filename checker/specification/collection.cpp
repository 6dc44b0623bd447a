#include "checker/specification/collection.h"

#include <algorithm>

namespace capsize::checker {
namespace {

bool is_pure(CollectionCode code) {
  return code == kCodeContains || code == kCodeReadAll;
}

Decoded malformed(std::string_view expected) {
  return {Decoded::Kind::kMalformed, {}, expected};
}

// The completion has [x, true]: the element and the answer.
Decoded decode_contains(const History& history, const Operation& operation, Decoded decoded) {
  const ValueTable& values = history.values;
  const auto is_pair = [&](ValueId value) {
    return values.kind(value) == ValueTable::Kind::kList && values.as_list(value).size() == 2;
  };
  if (!is_pair(operation.result)) return malformed("[x, true] or [x, false]");
  const auto pair = values.as_list(operation.result);
  const std::string answer = values.json(pair[1]);
  if (answer != "true" && answer != "false") return malformed("[x, true] or [x, false]");
  decoded.operation.argument = pair[0];
  decoded.operation.code = answer == "true" ? kCodeContains : kCodeLacks;
  return decoded;
}

}  // namespace

Decoded decode_collection(const History& history, const Operation& operation,
                          std::initializer_list<CollectionFunction> functions) {
  const std::string& name = history.functions[operation.function];
  const auto* function = std::find_if(functions.begin(), functions.end(),
                                      [&](const auto& one) { return one.name == name; });
  if (function == functions.end()) return malformed("a function of the model");
  Decoded decoded;
  decoded.operation.code = function->code;
  decoded.operation.pure = is_pure(function->code);
  const bool answers = function->code == kCodeReadAll || function->code == kCodeTake;
  if (!answers) decoded.operation.argument = operation.argument;
  if (operation.outcome == Outcome::kFail ||
      (decoded.operation.pure && operation.outcome != Outcome::kOk)) {
    decoded.kind = Decoded::Kind::kDrop;
    return decoded;
  }
  if (function->code == kCodeContains) return decode_contains(history, operation, decoded);
  if (answers) decoded.operation.argument = operation.result;
  if (function->code == kCodeReadAll && operation.result != kNullValue &&
      history.values.kind(operation.result) != ValueTable::Kind::kList) {
    return malformed("an array");
  }
  if (function->code == kCodeTake && operation.outcome == Outcome::kInfo) {
    decoded.operation.argument = kNoValue;
  }
  return decoded;
}

State initial_collection(StateTable& states, ValueId initial) {
  if (initial == kNullValue) return kEmptyList;
  return states.values().kind(initial) == ValueTable::Kind::kList ? initial
                                                                  : states.list({initial});
}

State initial_sorted_collection(StateTable& states, ValueId initial) {
  return states.list(sorted_elements(states.values(), initial));
}

std::vector<ValueId> sorted_elements(const ValueTable& values, ValueId set) {
  if (set == kNullValue) return {};
  if (values.kind(set) != ValueTable::Kind::kList) return {set};
  const auto list = values.as_list(set);
  std::vector<ValueId> elements(list.begin(), list.end());
  std::sort(elements.begin(), elements.end());
  return elements;
}

bool uses_any(const History& history, std::initializer_list<std::string_view> names) {
  for (FunctionId id = 0; id < history.functions.size(); ++id) {
    const bool named = std::find(names.begin(), names.end(), history.functions[id]) != names.end();
    if (named && history.uses(id)) return true;
  }
  return false;
}

bool element_needs(const ValueTable&, const KeyOperation& observer, const KeyOperation& writer) {
  if (writer.code == kCodeTake && writer.argument == kNoValue) return true;
  return observer.argument == writer.argument && observer.code != writer.code;
}

bool took(const KeyOperation& take, ValueId element) {
  return take.argument == kNoValue || take.argument == element;
}

bool found_empty(const KeyOperation& take) {
  return take.argument == kNoValue || take.argument == kNullValue;
}

}  // namespace capsize::checker

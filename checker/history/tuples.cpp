#include "checker/history/tuples.h"

namespace capsize::checker {
namespace {

using Kind = ValueTable::Kind;

bool is_pair(const ValueTable& values, ValueId value) {
  return values.kind(value) == Kind::kList && values.as_list(value).size() == 2;
}

bool holds_lists(const ValueTable& values, ValueId value) {
  if (values.kind(value) != Kind::kList) return false;
  for (const ValueId element : values.as_list(value)) {
    if (values.kind(element) != Kind::kList) return false;
  }
  return true;
}

// Functions without an argument: in [k nil] the first element can only be the key.
bool only_asks(FunctionId function, std::string_view name) {
  return function == kRead || name == "dequeue" || name == "pop" || name == "drain";
}

}  // namespace

std::optional<std::pair<ValueId, ValueId>> tuple_of(const Event& event, const ValueTable& values) {
  if (event.has_key || !is_pair(values, event.value)) return std::nullopt;
  const auto pair = values.as_list(event.value);
  const Kind kind = values.kind(pair[0]);
  if (kind == Kind::kNull || kind == Kind::kList || kind == Kind::kMap) return std::nullopt;
  return std::pair(pair[0], pair[1]);
}

TupleShape shape_of_tuples(const Chunked<Event>& events, const ValueTable& values,
                           std::span<const std::string> functions) {
  TupleShape shape;
  for (std::size_t i = 0; i < events.size() && !shape.disproved; ++i) {
    const Event& event = events[i];
    if (event.type != EventType::kInvoke) continue;
    ++shape.invocations;
    const auto pair = tuple_of(event, values);
    if (!pair) {
      // Certainly no tuple: it has a key field, or is a cas or a transaction whose value is not a
      // pair.
      shape.disproved |= event.has_key || (event.value != kNullValue && event.function == kCas) ||
                         functions[event.function] == "txn";
      if (shape.first_other_line == 0) shape.first_other_line = event.line;
      continue;
    }
    ++shape.tuples;
    if (event.function == kCas) {
      const bool cas_of_key = is_pair(values, pair->second);
      shape.proofs += cas_of_key ? 1 : 0;
      shape.disproved |= !cas_of_key;
    } else if (functions[event.function] == "txn") {
      shape.proofs += holds_lists(values, pair->second) ? 1 : 0;
    } else if (pair->second == kNullValue && only_asks(event.function, functions[event.function])) {
      ++shape.proofs;
    }
  }
  return shape;
}

}  // namespace capsize::checker

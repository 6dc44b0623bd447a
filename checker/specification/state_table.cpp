#include "checker/specification/state_table.h"

#include "base/check.h"

namespace capsize::checker {

State StateTable::append_text(State state, ValueId suffix) {
  if (!is_value(state)) {
    const auto text = texts_[own(state)];
    text_.assign(text.begin(), text.end());
  } else if (values_.kind(state) == ValueTable::Kind::kText) {
    text_ = values_.as_text(state);
  } else {
    text_ = state == kNullValue ? "" : values_.json(state);
  }
  text_ += values_.as_text(suffix);
  if (const ValueId value = values_.find_text(text_); value != kNoValue) return value;
  return number(texts_.number_of(text_));
}

bool StateTable::is_list(State state) const {
  if (!is_value(state)) return lists_.size() > 0;
  return values_.kind(state) == ValueTable::Kind::kList;
}

std::span<const ValueId> StateTable::elements(State state) const {
  CHECK(is_list(state), "only a list has elements");
  return is_value(state) ? values_.as_list(state) : lists_[own(state)];
}

State StateTable::append_element(State state, ValueId element) {
  const auto before = elements(state);
  elements_.assign(before.begin(), before.end());
  elements_.push_back(element);
  return list(elements_);
}

State StateTable::list(std::span<const ValueId> elements) {
  if (const ValueId value = values_.find_list(elements); value != kNoValue) return value;
  return number(lists_.number_of(elements));
}

}  // namespace capsize::checker

#include "checker/models/state_table.h"

namespace capsize::checker {
namespace {

std::uint64_t pair_key(State state, ValueId argument) {
  return (std::uint64_t{state} << 32) | argument;
}

constexpr std::uint64_t kSuccessorBytes = 48;  // one node of the map, roughly

}  // namespace

State StateTable::append_text(State state, ValueId suffix) {
  const auto [known, added] = successors_.try_emplace(pair_key(state, suffix), 0);
  if (!added) return known->second;
  std::string text;
  if (!is_value(state)) {
    text = texts_[own(state)];
  } else if (values_.kind(state) == ValueTable::Kind::kText) {
    text = values_.as_text(state);
  } else if (state != kNullValue) {
    text = values_.json(state);
  }
  text += values_.as_text(suffix);
  memory_bytes_ += kSuccessorBytes;
  if (const ValueId value = values_.find_text(text); value != kNoValue) {
    return known->second = value;
  }
  const auto [own_state, is_new] = text_states_.try_emplace(text, number(texts_.size()));
  if (is_new) {
    memory_bytes_ += 2 * text.size() + 128;
    texts_.push_back(std::move(text));
  }
  return known->second = own_state->second;
}

bool StateTable::is_list(State state) const {
  if (!is_value(state)) return !lists_.empty();
  return values_.kind(state) == ValueTable::Kind::kList;
}

std::vector<ValueId> StateTable::elements(State state) const {
  if (!is_value(state)) return lists_[own(state)];
  const auto list = values_.as_list(state);
  return {list.begin(), list.end()};
}

State StateTable::append_element(State state, ValueId element) {
  const auto [known, added] = successors_.try_emplace(pair_key(state, element), 0);
  if (!added) return known->second;
  std::vector<ValueId> longer = elements(state);
  longer.push_back(element);
  memory_bytes_ += kSuccessorBytes;
  return known->second = list(std::move(longer));
}

State StateTable::list(std::vector<ValueId> elements) {
  if (const ValueId value = values_.find_list(elements); value != kNoValue) return value;
  const auto [own_state, is_new] = list_states_.try_emplace(elements, number(lists_.size()));
  if (is_new) {
    memory_bytes_ += 2 * elements.size() * sizeof(ValueId) + 128;
    lists_.push_back(std::move(elements));
  }
  return own_state->second;
}

}  // namespace capsize::checker

// StateTable: the states that a search meets, interned like the values of the history.
//
// A state that equals a value of the history has that value's number, so "is the state what this
// read returned?" is one comparison. States that no operation ever mentions (a string in the middle
// of being built) get numbers of their own above. One table serves one key's search and is not
// shared.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "checker/history/values.h"
#include "checker/models/model.h"

namespace capsize::checker {

class StateTable {
 public:
  explicit StateTable(const ValueTable& values) : values_(values) {}

  [[nodiscard]] const ValueTable& values() const { return values_; }

  /// The state with a text appended, as a store of bytes does it: null counts as the empty text,
  /// and 5 as "5". Precondition: the value is a text.
  State append_text(State state, ValueId suffix);

  [[nodiscard]] bool is_list(State state) const;
  /// The state that is this list of elements; models may put any numbers into it.
  State list(std::vector<ValueId> elements);
  /// Precondition: is_list(state).
  [[nodiscard]] std::vector<ValueId> elements(State state) const;
  /// The state with one element more. Precondition: is_list(state).
  State append_element(State state, ValueId element);

  /// Grows with each state that is no value of the history.
  [[nodiscard]] std::uint64_t memory_bytes() const { return memory_bytes_; }

 private:
  [[nodiscard]] bool is_value(State state) const { return state < values_.size(); }
  [[nodiscard]] State number(std::size_t own) const {
    return static_cast<State>(values_.size() + own);
  }
  [[nodiscard]] std::size_t own(State state) const { return state - values_.size(); }

  const ValueTable& values_;
  // A model's own states are either all texts or all lists; `texts_` or `lists_` is used.
  std::vector<std::string> texts_;
  std::unordered_map<std::string, State> text_states_;
  std::vector<std::vector<ValueId>> lists_;
  std::map<std::vector<ValueId>, State> list_states_;
  std::unordered_map<std::uint64_t, State> successors_;  // (state, argument) -> state
  std::uint64_t memory_bytes_ = 0;
};

}  // namespace capsize::checker

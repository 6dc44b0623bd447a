// StateTable: the states that a search reaches, interned like the values of the history.
//
// A state that equals a value of the history has that value's number, so "is the state what this
// read returned?" is one comparison. States that no operation mentions (a string that is still
// being built) get numbers above those. One table serves the search of one key and is not shared.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "checker/history/values.h"
#include "checker/specification/interned.h"
#include "checker/specification/model.h"

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
  State list(std::span<const ValueId> elements);
  State list(std::initializer_list<ValueId> elements) {
    return list(std::span(elements.begin(), elements.size()));
  }
  /// Precondition: is_list(state). The view is valid as long as the table.
  [[nodiscard]] std::span<const ValueId> elements(State state) const;
  /// The state with one element more. Precondition: is_list(state).
  State append_element(State state, ValueId element);

  /// Grows with each state that is no value of the history.
  [[nodiscard]] std::uint64_t memory_bytes() const {
    return texts_.memory_bytes() + lists_.memory_bytes();
  }

 private:
  [[nodiscard]] bool is_value(State state) const { return state < values_.size(); }
  [[nodiscard]] State number(std::uint32_t own) const {
    return static_cast<State>(values_.size() + own);
  }
  [[nodiscard]] std::uint32_t own(State state) const {
    return static_cast<std::uint32_t>(state - values_.size());
  }

  const ValueTable& values_;
  // A model's own states are either all texts or all lists; `texts_` or `lists_` is used.
  Interned<char> texts_;
  Interned<ValueId> lists_;
  std::string text_;               // scratch
  std::vector<ValueId> elements_;  // scratch
};

}  // namespace capsize::checker

// What the models of collections (queues, stacks, bags, sets) share: the state is a list of
// elements, and an operation is identified by its name.
//
// Whether an operation is possible depends on the state in ways that `observed` cannot express (a
// dequeue of 3 needs it at the front), so the search drops nothing. The model says which operations
// must be shown together.
#pragma once

#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

#include "checker/specification/model.h"
#include "checker/specification/state_table.h"

namespace capsize::checker {

/// Codes of collections' operations: all of them may be impossible in some states.
enum CollectionCode : std::uint8_t {
  kCodeAdd = kFirstPartialCode,
  kCodeRemove,
  kCodeContains,
  kCodeLacks,  ///< a contains that returned false
  kCodeReadAll,
  kCodeTake,
};

struct CollectionFunction {
  std::string_view name;
  CollectionCode code;
};

/// By name. Failed operations are dropped, and observers that were not acknowledged. An
/// indeterminate take is kept: it took whatever was there.
[[nodiscard]] Decoded decode_collection(const History& history, const Operation& operation,
                                        std::initializer_list<CollectionFunction> functions);
/// The elements of an initial value; null is the empty collection.
[[nodiscard]] State initial_collection(StateTable& states, ValueId initial);
/// The same where the state is kept sorted.
[[nodiscard]] State initial_sorted_collection(StateTable& states, ValueId initial);
[[nodiscard]] inline bool starts_empty(ValueId initial) {
  return initial == kNullValue || initial == kEmptyList;
}
/// The elements of a value that is a set, sorted: of null none, of what is no list itself.
[[nodiscard]] std::vector<ValueId> sorted_elements(const ValueTable& values, ValueId set);
/// Whether any operation has one of these names.
[[nodiscard]] bool uses_any(const History& history, std::initializer_list<std::string_view> names);
/// Operations on the same element, both ways, and every take whose element is unknown: leave out
/// all of an element and what remains is legal if it was before, but an enqueue without its dequeue
/// is not.
[[nodiscard]] bool element_needs(const ValueTable& values, const KeyOperation& observer,
                                 const KeyOperation& writer);
/// Of a take: whether it returned this element (any, for an indeterminate one).
[[nodiscard]] bool took(const KeyOperation& take, ValueId element);
/// Of a take: whether it may have found the collection empty.
[[nodiscard]] bool found_empty(const KeyOperation& take);

}  // namespace capsize::checker

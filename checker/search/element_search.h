// Decides sets element by element: each element is a register that is present or absent.
//
// An `add` writes "present", a `remove` writes "absent", `contains` reads, and a read of the whole
// set reads every element at once. Without reads of the whole set, operations on different elements
// are independent: linearizability is local (Herlihy & Wing, TOPLAS 12(3), 1990, theorem 1), so the
// set is linearizable iff each element is. With them the elements depend on each other, but a set
// with an element that is not linearizable is not linearizable.
//
// A legal order of the set, where it is asked for: the point of an operation is the latest
// invocation up to it in its element's order, which is within its interval; sorted by point.
#pragma once

#include <span>

#include "checker/specification/decider.h"

namespace capsize::checker {

/// `operations` of the model `set`, in order of invocation. kNotApplicable: each element is
/// linearizable, but there are reads of the whole set. A violation's counterexample are the
/// operations of one element; its `end` bounds the prefix that has no legal order. kUnknown: at a
/// bound.
[[nodiscard]] Decision search_element_by_element(std::span<const KeyOperation> operations,
                                                 ValueId initial, const ValueTable& values,
                                                 const SearchBounds& bounds);

extern const ModelSearch kElementSearch;

}  // namespace capsize::checker

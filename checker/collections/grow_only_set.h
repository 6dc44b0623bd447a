// Decider for grow-only sets with distinct elements that are read whole: near-linear.
//
// Conditions (else kNotApplicable): all operations are `add` and reads of the whole set; no element
// is added twice by operations that did not fail; the set is empty at first.
//
// Theorem. Number the different sets that were read by size, from 1. Give a read of the c-th set
// the level 2c, and the add of an element the level 2c-1, where c is the first set that contains
// it. An acknowledged add that no read shows comes after all of them; an indeterminate one did not
// happen. The operations are linearizable iff the sets form a chain under inclusion, all their
// elements were added, and no operation precedes one of a lower level.
//
// Proof. The set only grows, so reads form a chain, and an element that is in the c-th set and not
// in the one before was added between the reads of the two; that makes the levels necessary. Sorted
// by level, every read returns exactly what was added before it (level_order.h has the rest). An
// empty read is the empty set, which has number 0.
#pragma once

#include <span>

#include "checker/specification/decider.h"

namespace capsize::checker {

/// `operations` in order of invocation. O(n log n + total size of the different sets read).
[[nodiscard]] Decision decide_grow_only_set(std::span<const KeyOperation> operations,
                                            ValueId initial, const ValueTable& values,
                                            bool want_order);

extern const FastDecider kGrowOnlySet;

}  // namespace capsize::checker

// Finds reads of a counter that no order explains, whatever was added when: O(n log n).
//
// Conditions (else kNotApplicable): all operations are `add` and reads, and the amounts together
// stay within 64 bits.
//
// Theorem. An add that was acknowledged before a read began is in it; one that began after the read
// had completed is not; any other may be. So the read is between the initial value plus all of the
// first kind plus the negative ones of the last kind, and the same with the positive ones. (With
// amounts that are not negative these are the bounds of Jepsen's counter checker.)
//
// The condition is only necessary, so the answer is kViolation or kNotApplicable, never kLegal. It
// is worth asking first because a search finds such a read last: it tries all sums before it.
#pragma once

#include <span>

#include "checker/specification/decider.h"

namespace capsize::checker {

/// `operations` in order of invocation. The counterexample is the read, and all that may be in it.
[[nodiscard]] Decision find_sum_out_of_bounds(std::span<const KeyOperation> operations,
                                              ValueId initial, const ValueTable& values);

extern const FastDecider kSumBounds;

}  // namespace capsize::checker

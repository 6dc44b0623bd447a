// Finds reads of a counter that no order explains, whatever was added when: O(n log n).
//
// Conditions (else kNotApplicable): all operations are `add` and reads, and the amounts together
// stay within 64 bits.
//
// Theorem. What was acknowledged before a read began is in it, and what began after the read had
// completed is not; anything else may be or may not. So the read lies between the initial value
// with all of the former and the negative ones of the latter, and the same with the positive ones.
// (With amounts that are not negative these are the bounds that Jepsen's counter checker uses.)
//
// The condition is necessary only, so this says kViolation or kNotApplicable, never kLegal. A
// search finds such a read last: it tries all sums in front of it.
#pragma once

#include <span>

#include "checker/specification/decider.h"

namespace capsize::checker {

/// `operations` in order of invocation. The witness is the read, and all that may be in it.
[[nodiscard]] Decision find_sum_out_of_bounds(std::span<const KeyOperation> operations,
                                              ValueId initial, const ValueTable& values);

extern const FastDecider kSumBounds;

}  // namespace capsize::checker

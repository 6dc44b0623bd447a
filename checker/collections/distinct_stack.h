// Decider for stacks with different elements: near-linear.
//
// Conditions (else kNotApplicable): all operations are `push` and `pop`, no element is pushed twice
// by operations that did not fail, none is null, and the stack is empty at first; and, where there
// are indeterminate pops, that what is said of them below decides it.
//
// Theorem. Without indeterminate pops there is a legal order iff
//  1. every popped element was pushed, its pop does not precede its push, none is popped twice;
//  2. the times the elements are in can nest (stack_nesting.h), where what nobody popped stays in;
//  3. each pop that found nothing has a moment at which nothing is certainly in (emptiness.h).
// 3 is independent of 2: the nesting covers no moment that certain times leave free.
//
// Indeterminate pops. Each may have popped one left-over element. Take the nesting of the others,
// which is necessary. A left-over x can stay in to the end unless it lies in a segment [l, r], one
// of the nesting's, that x was certainly not there before (l < in_begin, in_end < r): then nothing
// in the segment can be around it. With the innermost such segment,
//  - it suffices that a pop which begins by r takes x: everything else that is left over, and taken
//    or not, can be around whatever it reaches over, for nothing precedes it there;
//  - it is necessary that a pop takes x which begins by the time up to which anything could have
//    been around x: out_end of one that was put in by l and not certainly out before, where x
//    reaches over the end of the segment, and so on outwards.
// unmatched_elements.h finds out for either whether the pops suffice. If for the second and not for
// the first, the conditions do not hold.
//
// The order, where it is asked for: each element goes in at the begin of its segment and comes out
// at its end, one whose push and pop overlap at one position, and a pop that found nothing at its
// moment, between segments.
#pragma once

#include <span>

#include "checker/specification/decider.h"

namespace capsize::checker {

/// `operations` in order of invocation. O(n log n).
[[nodiscard]] Decision decide_distinct_stack(std::span<const KeyOperation> operations,
                                             ValueId initial, bool want_order);

extern const FastDecider kDistinctStack;

}  // namespace capsize::checker

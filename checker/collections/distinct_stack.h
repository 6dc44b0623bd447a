// Decider for stacks with distinct elements: near-linear.
//
// Conditions (else kNotApplicable): all operations are `push` and `pop`, no element is pushed twice
// by operations that did not fail, none is null, and the stack is empty at first; and, where there
// are indeterminate pops, the two bounds below agree.
//
// Theorem. Without indeterminate pops there is a legal order iff
//  1. every popped element was pushed, its pop does not precede its push, none is popped twice;
//  2. the times during which the elements are in the stack can nest (stack_nesting.h), where an
//     element that was never popped stays;
//  3. each pop that returned "empty" has a moment at which no element is certainly in
//     (emptiness.h).
// 3 is independent of 2: the nesting covers no moment that the certain times leave free.
//
// Indeterminate pops. Each may have popped one unmatched element. Take the nesting of the other
// elements, which is necessary. An unmatched x can stay to the end unless it is in a segment [l, r]
// of the nesting that x was certainly not there before (l < in_begin, in_end < r): then no element
// of the segment can be around it. With the innermost such segment,
//  - it suffices that a pop which begins by r takes x: any other unmatched element, taken or not,
//    can be around everything that it overlaps, for nothing precedes it there;
//  - it is necessary that a pop takes x which begins by the time up to which any element could have
//    been around x: out_end of an element that was pushed by l and not certainly popped before,
//    where x extends beyond the end of the segment, and so on outwards.
// unmatched_elements.h finds out for either bound whether there are enough pops. If there are for
// the second and not for the first, the conditions do not hold.
//
// The order, where it is asked for: each element is pushed at the start of its segment and popped
// at its end; an element whose push and pop overlap is pushed and popped at one position; an empty
// pop stands at its moment, between segments.
#pragma once

#include <span>

#include "checker/specification/decider.h"

namespace capsize::checker {

/// `operations` in order of invocation. O(n log n).
[[nodiscard]] Decision decide_distinct_stack(std::span<const KeyOperation> operations,
                                             ValueId initial, bool want_order);

extern const FastDecider kDistinctStack;

}  // namespace capsize::checker

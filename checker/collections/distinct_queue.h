// Decider for first-in-first-out queues with different elements: near-linear.
//
// Conditions (else kNotApplicable): all operations are `enqueue` and `dequeue`, no element is
// enqueued twice by operations that did not fail, none is null, and the queue is empty at first.
//
// Theorem (Henzinger, Sezgin & Vafeiadis, "Aspect-Oriented Linearizability Proofs", CONCUR 2013;
// the cases are those of Bouajjani et al., ICALP 2015). An indeterminate enqueue that nobody is
// known to have dequeued is dropped, since the elements behind it are not dequeued either; of one
// that somebody dequeued, the completion counts that the dequeue had. Then there is a legal order
// iff
//  1. every dequeued element was enqueued, and its dequeue does not precede its enqueue;
//  2. no element is dequeued twice;
//  3. there are no x, y such that enq(x) precedes enq(y), y is dequeued, and deq(y) precedes deq(x)
//     or x is never dequeued;
//  4. no dequeue that found nothing lies in a stretch of time during all of which something was
//     certainly in: x is, strictly between the completion of enq(x) and the invocation of deq(x).
//
// Indeterminate dequeues. Each may have taken one element x that is left over. As it never
// completes, deq(x) precedes nothing, so x breaks 3 only as the first of a pair: the dequeue must
// have begun before the first y completes its dequeue that was put in behind x. Those of which this
// is asked, and those that 4 asks to be gone, include whatever was put in before them; the rest
// stays in. unmatched_elements.h finds out whether the dequeues suffice.
//
// The order, where it is asked for: give each dequeue that found nothing a moment at which nothing
// was certainly in; these moments cut time into segments, and each element belongs as a whole to
// the segment in which the earlier of its two completions lies. Inside a segment, of the elements
// that are left, take m with the earliest completed dequeue if its enqueue is not preceded by
// another one's, otherwise the one u with the earliest completed enqueue: by 3, deq(u) is not
// preceded by deq(m). With the elements in order, a dequeue is placed as soon as all that precedes
// it is, and an enqueue otherwise.
#pragma once

#include <span>

#include "checker/specification/decider.h"

namespace capsize::checker {

/// `operations` in order of invocation. O(n log n).
[[nodiscard]] Decision decide_distinct_queue(std::span<const KeyOperation> operations,
                                             ValueId initial, bool want_order);

extern const FastDecider kDistinctQueue;

}  // namespace capsize::checker

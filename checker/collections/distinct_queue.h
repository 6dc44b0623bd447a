// Decider for first-in-first-out queues with distinct elements: near-linear.
//
// Conditions (else kNotApplicable): all operations are `enqueue` and `dequeue`, no element is
// enqueued twice by operations that did not fail, none is null, and the queue is empty at first.
//
// Theorem (Henzinger, Sezgin & Vafeiadis, "Aspect-Oriented Linearizability Proofs", CONCUR 2013;
// the cases are those of Bouajjani et al., ICALP 2015). An indeterminate enqueue of an element that
// no acknowledged dequeue returned is dropped: the elements after it can stay in the queue, too. If
// a dequeue returned it, the completion of the dequeue counts as that of the enqueue. Then there is
// a legal order iff
//  1. every dequeued element was enqueued, and its dequeue does not precede its enqueue;
//  2. no element is dequeued twice;
//  3. there are no x, y such that enq(x) precedes enq(y), y is dequeued, and deq(y) precedes deq(x)
//     or x is never dequeued;
//  4. no dequeue that returned "empty" is inside a stretch of time throughout which some element
//     was certainly in the queue: x is, strictly between the completion of enq(x) and the
//     invocation of deq(x).
//
// Indeterminate dequeues. Each may have removed one unmatched element x. It never completes, so
// deq(x) precedes nothing, and x breaks condition 3 only as the first of a pair: the indeterminate
// dequeue must have begun before the first dequeue of a y completes that was enqueued after x. If
// condition 3 or 4 requires that an element is removed, it requires the same of all elements that
// were enqueued before it; the others stay. unmatched_elements.h finds out whether there are enough
// indeterminate dequeues.
//
// The order, where it is asked for: give each empty dequeue a moment at which no element was
// certainly in the queue. These moments cut time into segments, and each element belongs as a whole
// to the segment that contains the earlier of its two completions. Inside a segment, of the
// elements that are left, take m with the earliest completed dequeue if no other enqueue precedes
// its enqueue, otherwise the one u with the earliest completed enqueue: by 3, deq(m) does not
// precede deq(u). With the elements in order, a dequeue is placed as soon as everything that
// precedes it is placed, and an enqueue otherwise.
#pragma once

#include <span>

#include "checker/specification/decider.h"

namespace capsize::checker {

/// `operations` in order of invocation. O(n log n).
[[nodiscard]] Decision decide_distinct_queue(std::span<const KeyOperation> operations,
                                             ValueId initial, bool want_order);

extern const FastDecider kDistinctQueue;

}  // namespace capsize::checker

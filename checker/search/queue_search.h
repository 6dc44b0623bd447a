// Search for first-in-first-out queues in which elements repeat.
//
// Conditions (else kNotApplicable): all operations are `enqueue` and `dequeue`, no element is null,
// and the queue is empty at first.
//
// The unknown is which dequeue took which of several equal elements: once that is known, the
// elements are distinct, and distinct_queue.h says when there is a legal order. So a state of the
// search is not an order of elements but the set of those that are in the queue. Which came first
// is decided when one is taken, by condition 3 of the theorem: no element in the queue was
// certainly enqueued before it (complete < invoke). An element that may be taken once may be taken
// at any later time, because later enqueues precede nothing.
//
// Of equal elements that may be taken, the search takes the one whose enqueue completed first.
// Proof: let a legal order take b now and a, with complete(a) <= complete(b), later or never. Take
// a now and b in place of a. Condition 3 requires of b that no element that was certainly enqueued
// after it comes out sooner; that element would be after a, too. Condition 4: where a could still
// be missing (its enqueue not completed), b can be, too.
//
// No step is taken before it must be (just in time, Lowe, "Testing for linearizability", 2017):
//  - a dequeue takes an element when it completes, or earlier because the element blocks another
//    one;
//  - an element enters when its enqueue completes, or earlier when it is taken;
//  - all open empty dequeues take effect together, when one of them completes or before an enqueue
//    completes, and all elements that are in are taken out for that;
//  - an indeterminate dequeue takes an element that blocks another one. They differ only by when
//    they began, so only the number of used ones counts.
//
// The states up to each completion are kept as a set. Their number and size depend on how many
// dequeues are open at a time and on the indeterminate ones, not on the length of the history or
// the queue. Blocking elements are taken out one after the other, and equal intermediate states are
// merged: which of two equal dequeues took an element makes no difference.
#pragma once

#include <span>

#include "checker/specification/decider.h"

namespace capsize::checker {

/// `operations` of the model `fifo-queue`, in order of invocation. A violation's counterexample is
/// empty; its `end` bounds the prefix that has no legal order. kUnknown: at a bound.
[[nodiscard]] Decision search_queue(std::span<const KeyOperation> operations, ValueId initial,
                                    const SearchBounds& bounds);

extern const ModelSearch kQueueSearch;

}  // namespace capsize::checker

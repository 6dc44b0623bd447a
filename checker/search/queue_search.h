// Search for queues, first in first out, in which elements may be equal.
//
// Conditions (else kNotApplicable): all operations are `enqueue` and `dequeue`, no element is null,
// and the queue is empty at first.
//
// What has to be found is which dequeue took which of several equal elements: with that known, the
// elements are different, and distinct_queue.h says when there is a legal order. So a state of the
// search is not an order of elements but the set of those that are in; which came first is decided
// when one is taken, by the theorem's condition 3: nothing that is in was put in for sure before it
// (complete < invoke). What may be taken once, may be taken ever after, for what comes later
// precedes nothing.
//
// Of equal elements that may be taken, the one whose enqueue completed first is. Proof: let a legal
// order take b now and a, with complete(a) <= complete(b), later or never. Take a now and b in
// place of a. Condition 3 asks of b that nothing put in behind it for sure comes out sooner; that
// would be behind a, too. Condition 4: where a could still be missing (its enqueue not completed),
// b can be, too.
//
// Nothing is done before it must be (just in time, Lowe, "Testing for linearizability", 2017):
//  - a dequeue takes something when it completes, or earlier because that is in the way of another;
//  - an element is in when its enqueue completes, or is taken before;
//  - all open dequeues that found nothing do so together, when one of them completes or before an
//    enqueue completes, and all that is in is taken out for it;
//  - an indeterminate dequeue takes what is in the way of something else. They differ by when they
//    began, so only how many were used counts.
//
// The states up to each completion are kept as a set. Their number and their size depend on how
// many dequeues are open at a time and on the indeterminate ones, not on the length of the history
// or the queue. What is taken out of the way is taken out one element after the other, and equal
// states in between are one: which of two equal dequeues did it makes no difference.
#pragma once

#include <span>

#include "checker/specification/decider.h"

namespace capsize::checker {

/// `operations` of the model `fifo-queue`, in order of invocation. A violation's witness is empty;
/// its `end` bounds the prefix that has no legal order. kUnknown: at a bound.
[[nodiscard]] Decision search_queue(std::span<const KeyOperation> operations, ValueId initial,
                                    const SearchBounds& bounds);

extern const ModelSearch kQueueSearch;

}  // namespace capsize::checker

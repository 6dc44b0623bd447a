// Decider for bags (queues without order) with distinct elements: near-linear.
//
// Conditions (else kNotApplicable): all operations are `enqueue` and `dequeue`, no element is
// enqueued twice by operations that did not fail, none is null, and the bag is empty at first.
//
// Theorem. There is a legal order iff every dequeued element was enqueued by an operation that its
// dequeue does not precede, none is dequeued twice, and each dequeue that returned "empty" has a
// moment at which the bag can be empty (emptiness.h). Necessity is clear. For sufficiency, give
// every operation a position in its interval: the elements as emptiness.h says, the empty dequeues
// their moments, and those indeterminate dequeues that are needed the first moment at which their
// element has to be removed. At one position dequeues come first, then enqueues with their dequeue
// where both have it, then the empty dequeues, then the other enqueues.
#pragma once

#include <span>

#include "checker/specification/decider.h"

namespace capsize::checker {

/// `operations` in order of invocation. O(n log n).
[[nodiscard]] Decision decide_distinct_bag(std::span<const KeyOperation> operations,
                                           ValueId initial, bool want_order);

extern const FastDecider kDistinctBag;

}  // namespace capsize::checker

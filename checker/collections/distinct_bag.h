// Decider for bags (queues without order) with different elements: near-linear.
//
// Conditions (else kNotApplicable): all operations are `enqueue` and `dequeue`, no element is
// enqueued twice by operations that did not fail, none is null, and the bag is empty at first.
//
// Theorem. There is a legal order iff every dequeued element was enqueued by an operation that its
// dequeue does not precede, none is dequeued twice, and each dequeue that found nothing has a
// moment (emptiness.h). Necessary is clear. For sufficient, every operation is given a position in
// its interval: the elements as emptiness.h says, the empty dequeues their moments, and of the
// indeterminate dequeues those that are needed the first moment at which their element has to be
// gone. At one position dequeues come first, then enqueues with their dequeue where both have it,
// the empty ones, and other enqueues.
#pragma once

#include <span>

#include "checker/specification/decider.h"

namespace capsize::checker {

/// `operations` in order of invocation. O(n log n).
[[nodiscard]] Decision decide_distinct_bag(std::span<const KeyOperation> operations,
                                           ValueId initial, bool want_order);

extern const FastDecider kDistinctBag;

}  // namespace capsize::checker

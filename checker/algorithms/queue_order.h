// A legal order of a first-in-first-out queue whose elements fulfil distinct_queue.h.
#pragma once

#include <vector>

#include "checker/algorithms/queue_elements.h"

namespace capsize::checker {

/// Preconditions: the conditions of distinct_queue.h hold, and `moments` has one for each empty
/// dequeue, ascending, within its interval, at which nothing is certainly in.
[[nodiscard]] std::vector<std::uint32_t> order_of_queue(const QueueElements& queue,
                                                        const std::vector<Position>& moments);

}  // namespace capsize::checker

// QueueElements: a queue's operations, taken together by the element that they are about.
#pragma once

#include <cstdint>
#include <vector>

#include "checker/models/model.h"

namespace capsize::checker {

struct QueueElement {
  static constexpr std::uint32_t kNone = 0xFFFFFFFFu;

  std::uint32_t enqueue = kNone;  ///< place of the operation
  std::uint32_t dequeue = kNone;  ///< kNone: it stays inside
  Position in_begin = 0;          ///< invocation of the enqueue
  Position in_end = 0;            ///< its completion, or the dequeue's if that is earlier
  Position out_begin = kNever;    ///< invocation of the dequeue
  Position out_end = kNever;      ///< its completion
};

struct QueueElements {
  std::vector<QueueElement> elements;  ///< that took effect, by invocation of the enqueue
  std::vector<std::uint32_t> empty;    ///< dequeues that found nothing, by invocation
};

/// A legal order. Preconditions: the conditions of distinct_queue.h hold, and `moments` has one for
/// each empty dequeue, ascending, within its interval, at which nothing is certainly in.
[[nodiscard]] std::vector<std::uint32_t> order_of_queue(const QueueElements& queue,
                                                        const std::vector<Position>& moments);

}  // namespace capsize::checker

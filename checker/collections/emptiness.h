// Emptiness: for each dequeue that found nothing, a moment at which nothing was in.
//
// Conditions: different elements. An element is certainly in strictly between the completion of its
// enqueue and the invocation of its dequeue; a left-over one, for which no indeterminate dequeue is
// there, from then on for ever. A dequeue that found nothing needs a moment within its interval at
// which nothing is certainly in and all left-over elements can be gone (unmatched_elements.h). Each
// finds its moment independently of the others.
//
// Where the elements come out in any order, this is all there is to it (distinct_bag.h): put each
// in when its enqueue completes and take it out when its dequeue begins, or both at one position
// where these overlap.
#pragma once

#include <cstdint>
#include <vector>

#include "checker/collections/queue_elements.h"
#include "checker/collections/unmatched_elements.h"

namespace capsize::checker {

struct Emptiness {
  struct Moment {
    Position at = 0;
    std::uint32_t dequeue = 0;  ///< place of the operation
  };
  std::vector<Moment> moments;         ///< ascending, one for each empty dequeue
  std::vector<std::uint32_t> witness;  ///< else places of operations that leave no moment
  bool possible = true;
};

/// `left_overs` are those elements of `queue` that nobody is known to have taken; where there is no
/// indeterminate dequeue, it is not asked. O(n log n), and log n for each pair of an empty dequeue
/// and an indeterminate one that began meanwhile.
[[nodiscard]] Emptiness find_empty_moments(std::span<const KeyOperation> operations,
                                           const QueueElements& queue, LeftOvers& left_overs);

}  // namespace capsize::checker

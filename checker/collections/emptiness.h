// Emptiness: for each dequeue that returned "empty", a moment at which the collection was empty.
//
// Conditions: distinct elements. An element is certainly in strictly between the completion of its
// enqueue and the invocation of its dequeue; an unmatched one that no indeterminate dequeue can
// have taken is in from then on. An empty dequeue needs a moment within its interval at which no
// element is certainly in and all unmatched elements can be removed (unmatched_elements.h). Each
// finds its moment independently of the others.
//
// For collections without order this is all (distinct_bag.h): put each element in when its enqueue
// completes and take it out when its dequeue begins, or both at one position where these overlap.
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
  std::vector<Moment> moments;                ///< ascending, one for each empty dequeue
  std::vector<std::uint32_t> counterexample;  ///< otherwise: operations that leave no moment
  bool possible = true;
};

/// `left_overs` are the unmatched elements of `queue`; not used if there is no indeterminate
/// dequeue. O(n log n), and log n for each pair of an empty dequeue and an indeterminate one that
/// began meanwhile.
[[nodiscard]] Emptiness find_empty_moments(std::span<const KeyOperation> operations,
                                           const QueueElements& queue,
                                           UnmatchedElements& left_overs);

}  // namespace capsize::checker

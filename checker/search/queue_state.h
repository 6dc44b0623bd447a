// QueueState: a state of the search for queues with repeated elements (queue_search.h).
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <vector>

namespace capsize::checker {

// The part of the state that differs between orders of the operations up to a completion. Elements
// are numbered by the completion of their enqueue; dequeues are places of operations. The elements
// in the queue need no list: they are those whose enqueue has completed, except the taken ones.
struct QueueState {
  using Number = std::uint32_t;

  Number first = 0;           // the first element that is not taken
  std::vector<Number> taken;  // taken elements after `first`, ascending
  std::vector<Number> done;   // open dequeues that have taken effect, ascending

  [[nodiscard]] bool is_taken(Number number) const {
    return number < first || std::ranges::binary_search(taken, number);
  }
  void take(Number number) {
    if (number != first) return insert(taken, number);
    for (++first; erase(taken, first); ++first) {
    }
  }
  /// Marks a dequeue as having taken an element, or found none.
  void finish(Number place) { insert(done, place); }
  /// Call when a dequeue completes. Returns whether it had taken effect before.
  bool forget(Number place) { return erase(done, place); }
  [[nodiscard]] bool is_done(Number place) const { return std::ranges::binary_search(done, place); }

  friend auto operator<=>(const QueueState&, const QueueState&) = default;

 private:
  static void insert(std::vector<Number>& numbers, Number number) {
    numbers.insert(std::ranges::lower_bound(numbers, number), number);
  }
  static bool erase(std::vector<Number>& numbers, Number number) {
    const auto found = std::ranges::lower_bound(numbers, number);
    if (found == numbers.end() || *found != number) return false;
    numbers.erase(found);
    return true;
  }
};

}  // namespace capsize::checker

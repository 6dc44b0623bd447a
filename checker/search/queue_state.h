// QueueState: a state of the search for queues with repeated elements (queue_search.h).
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <vector>

namespace capsize::checker {

// What is not common to all orders of the operations up to some completion. Elements are numbers in
// order of completion of their enqueue, dequeues places of operations. Which elements are in needs
// no list: all whose enqueue has completed, but for those that are taken.
struct QueueState {
  using Number = std::uint32_t;

  Number first = 0;           // all before it are taken, it is not
  std::vector<Number> taken;  // after it, ascending
  std::vector<Number> done;   // dequeues that have taken theirs and not completed, ascending

  [[nodiscard]] bool is_taken(Number number) const {
    return number < first || std::ranges::binary_search(taken, number);
  }
  void take(Number number) {
    if (number != first) return insert(taken, number);
    for (++first; erase(taken, first); ++first) {
    }
  }
  /// Of a dequeue that has taken something, or found nothing.
  void finish(Number place) { insert(done, place); }
  /// It has completed. Whether it had taken something before.
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

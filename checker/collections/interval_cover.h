// IntervalCover: how many open intervals cover each position and each gap between neighbouring
// positions, while intervals are removed. A segment tree with the least and the greatest count of
// each subtree.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "checker/specification/model.h"

namespace capsize::checker {

class IntervalCover {
 public:
  using Interval = std::pair<Position, Position>;  // without its ends, not empty

  /// O(n log n).
  explicit IntervalCover(std::span<const Interval> intervals);

  /// Precondition: it is one of the intervals and has not been removed. O(log n), like both
  /// searches.
  void remove(Interval interval) { change(interval, -1); }
  /// Returns the first covered position or gap from `from` on; kNever if there is none.
  [[nodiscard]] Position covered_from(Position from) const {
    return position_of(first(1, 0, size_, cell_after(from), 0, true));
  }
  /// The first position after `from` that is not covered. Where two intervals meet, that is one.
  [[nodiscard]] Position free_from(Position from) const {
    return position_of(first(1, 0, size_, cell_after(from), 0, false));
  }

 private:
  // Counts of the node's cells; `change` is part of them and missing in the nodes below.
  struct Node {
    std::int32_t least = 0;
    std::int32_t most = 0;
    std::int32_t change = 0;
  };

  // Of the gap after the first end that is not before `position`.
  [[nodiscard]] std::size_t cell_after(Position position) const;
  [[nodiscard]] Position position_of(std::size_t cell) const;
  void change(Interval interval, std::int32_t by);
  void change(std::size_t node, std::size_t begin, std::size_t size, std::size_t from,
              std::size_t to, std::int32_t by);
  [[nodiscard]] std::size_t first(std::size_t node, std::size_t begin, std::size_t size,
                                  std::size_t from, std::int32_t above, bool covered) const;

  std::vector<Position> ends_;  // ascending; cell 2i is end i, cell 2i + 1 the gap after it
  std::size_t size_ = 1;        // a power of two
  std::vector<Node> nodes_;
};

}  // namespace capsize::checker

// BegunIntervals: the latest end of all intervals that have begun by a given position.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "base/check.h"
#include "checker/history/operation.h"

namespace capsize::checker {

class BegunIntervals {
 public:
  /// Precondition: no interval that was added before begins later. O(1).
  void add(Position begin, Position end) {
    CHECK(begin_.empty() || begin_.back() <= begin, "intervals are added by ascending begin");
    begin_.push_back(begin);
    last_end_.push_back(last_end_.empty() ? end : std::max(last_end_.back(), end));
  }
  /// Whether one that began up to `position` lasts at least until `until`. O(log n).
  [[nodiscard]] bool any_lasts(Position position, Position until) const {
    const auto begun = std::upper_bound(begin_.begin(), begin_.end(), position) - begin_.begin();
    return begun > 0 && last_end_[static_cast<std::size_t>(begun - 1)] >= until;
  }

 private:
  std::vector<Position> begin_;
  std::vector<Position> last_end_;  // of those up to here
};

}  // namespace capsize::checker

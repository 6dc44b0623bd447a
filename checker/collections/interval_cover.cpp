#include "checker/collections/interval_cover.h"

#include <algorithm>
#include <bit>

#include "base/check.h"

namespace capsize::checker {

IntervalCover::IntervalCover(std::span<const Interval> intervals) {
  for (const auto& [begin, end] : intervals) {
    ends_.push_back(begin);
    ends_.push_back(end);
  }
  std::ranges::sort(ends_);
  ends_.erase(std::unique(ends_.begin(), ends_.end()), ends_.end());
  size_ = std::bit_ceil(2 * ends_.size() + 1);
  nodes_.resize(2 * size_);
  for (const Interval& interval : intervals) change(interval, 1);
}

std::size_t IntervalCover::cell_after(Position position) const {
  const auto end = std::ranges::lower_bound(ends_, position) - ends_.begin();
  return 2 * static_cast<std::size_t>(end) + 1;
}

Position IntervalCover::position_of(std::size_t cell) const {
  return cell / 2 < ends_.size() ? ends_[cell / 2] : kNever;
}

void IntervalCover::change(Interval interval, std::int32_t by) {
  CHECK(interval.first < interval.second, "an open interval that covers something is not empty");
  change(1, 0, size_, cell_after(interval.first), cell_after(interval.second) - 1, by);
  CHECK(nodes_[1].least >= 0, "an interval is removed at most as often as it was added");
}

void IntervalCover::change(std::size_t node, std::size_t begin, std::size_t size, std::size_t from,
                           std::size_t to, std::int32_t by) {
  if (to <= begin || begin + size <= from) return;
  Node& here = nodes_[node];
  if (from <= begin && begin + size <= to) {
    here.least += by;
    here.most += by;
    here.change += by;
    return;
  }
  const std::size_t half = size / 2;
  change(2 * node, begin, half, from, to, by);
  change(2 * node + 1, begin + half, half, from, to, by);
  here.least = std::min(nodes_[2 * node].least, nodes_[2 * node + 1].least) + here.change;
  here.most = std::max(nodes_[2 * node].most, nodes_[2 * node + 1].most) + here.change;
}

// The first cell of the node from `from` on; size_ where it has none. `above`: the changes of
// the nodes above.
std::size_t IntervalCover::first(std::size_t node, std::size_t begin, std::size_t size,
                                 std::size_t from, std::int32_t above, bool covered) const {
  const Node& here = nodes_[node];
  const bool has = covered ? here.most + above > 0 : here.least + above == 0;
  if (!has || begin + size <= from) return size_;
  if (size == 1) return begin;
  const std::size_t half = size / 2;
  const std::size_t left = first(2 * node, begin, half, from, above + here.change, covered);
  if (left < size_) return left;
  return first(2 * node + 1, begin + half, half, from, above + here.change, covered);
}

}  // namespace capsize::checker

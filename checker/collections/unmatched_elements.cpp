#include "checker/collections/unmatched_elements.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "base/check.h"

namespace capsize::checker {

UnmatchedElements::UnmatchedElements(
    std::span<const KeyOperation> operations, const QueueElements& queue,
    const std::function<Position(const QueueElement&)>& deadline_of) {
  for (const std::uint32_t unknown : queue.unknown) takes_.push_back(operations[unknown].invoke);
  for (std::uint32_t i = 0; i < queue.elements.size(); ++i) {
    const QueueElement& element = queue.elements[i];
    if (element.is_unmatched()) elements_.push_back({i, element.in_end, deadline_of(element)});
  }
  std::ranges::sort(elements_, {}, &Element::in_end);
  positions_ = takes_;
  positions_.push_back(0);
  std::vector<Position> deadlines;
  for (const Element& element : elements_) deadlines.push_back(element.deadline);
  std::ranges::sort(deadlines);
  positions_.insert(positions_.end(), deadlines.begin(), deadlines.end());
  std::ranges::sort(positions_);
  std::vector<std::int64_t> spare;
  for (const Position position : positions_) {
    const auto begun = std::ranges::upper_bound(takes_, position) - takes_.begin();
    const auto due = std::ranges::upper_bound(deadlines, position) - deadlines.begin();
    // Nothing ever has to be gone at the end of time.
    spare.push_back(position == kNever ? 0 : begun - due);
  }
  deadlines_hold_ = std::ranges::all_of(spare, [](std::int64_t left) { return left >= 0; });
  spare_ = Spare(spare);
}

std::vector<UnmatchedElements::Element> UnmatchedElements::too_many_due() const {
  std::vector<Element> due = elements_;
  std::ranges::sort(due, {}, &Element::deadline);
  std::size_t count = 0;
  while (count < takes_.size() && count < due.size() && takes_[count] <= due[count].deadline) {
    ++count;
  }
  due.resize(std::min(count + 1, due.size()));
  return due;
}

bool UnmatchedElements::can_be_gone_at(Position moment) {
  CHECK(deadlines_hold_, "moments are asked about only where the deadlines alone hold");
  CHECK(moment >= last_moment_, "moments of successive calls only grow");
  last_moment_ = moment;
  for (; gone_ < elements_.size() && elements_[gone_].in_end < moment; ++gone_) {
    // From its deadline on it is counted already.
    const auto due = std::ranges::lower_bound(positions_, elements_[gone_].deadline);
    spare_.take_one_before(static_cast<std::size_t>(due - positions_.begin()));
  }
  const auto here = std::ranges::upper_bound(positions_, moment) - positions_.begin() - 1;
  return spare_.least_from(static_cast<std::size_t>(here)) >= 0;
}

std::vector<std::pair<std::uint32_t, std::uint32_t>> UnmatchedElements::assign(
    std::span<const Position> moments) const {
  std::vector<std::pair<Position, std::uint32_t>> due;
  for (const Element& element : elements_) {
    const auto gone = std::ranges::upper_bound(moments, element.in_end);
    const Position deadline = std::min(element.deadline, gone == moments.end() ? kNever : *gone);
    if (deadline != kNever) due.emplace_back(deadline, element.index);
  }
  std::ranges::sort(due);
  std::vector<std::pair<std::uint32_t, std::uint32_t>> assigned;
  for (const auto& [deadline, index] : due) {
    assigned.emplace_back(static_cast<std::uint32_t>(assigned.size()), index);
  }
  CHECK(assigned.size() <= takes_.size(), "each moment was found to be possible");
  return assigned;
}

UnmatchedElements::Spare::Spare(const std::vector<std::int64_t>& values)
    : size_(std::bit_ceil(values.size())), least_(2 * size_, 0), changes_(2 * size_, 0) {
  std::ranges::copy(values, least_.begin() + static_cast<std::ptrdiff_t>(size_));
  for (std::size_t node = size_; node-- > 1;) {
    least_[node] = std::min(least_[2 * node], least_[2 * node + 1]);
  }
}

void UnmatchedElements::Spare::take_one_before(std::size_t end) {
  change(1, 0, size_, end);
}

std::int64_t UnmatchedElements::Spare::least_from(std::size_t begin) const {
  return least(1, 0, size_, begin);
}

// Everything below the node from `begin` on, `size` of it, as far as it is before `end`.
void UnmatchedElements::Spare::change(std::size_t node, std::size_t begin, std::size_t size,
                                      std::size_t end) {
  if (begin >= end) return;
  if (begin + size <= end) {
    --least_[node];
    --changes_[node];
    return;
  }
  change(2 * node, begin, size / 2, end);
  change(2 * node + 1, begin + size / 2, size / 2, end);
  least_[node] = std::min(least_[2 * node], least_[2 * node + 1]) + changes_[node];
}

std::int64_t UnmatchedElements::Spare::least(std::size_t node, std::size_t begin, std::size_t size,
                                             std::size_t from) const {
  if (begin >= from) return least_[node];
  if (size == 1) return std::numeric_limits<std::int64_t>::max() / 2;
  const std::size_t half = size / 2;
  const std::int64_t right = least(2 * node + 1, begin + half, half, from);
  if (from >= begin + half) return right + changes_[node];
  return std::min(least(2 * node, begin, half, from), right) + changes_[node];
}

}  // namespace capsize::checker

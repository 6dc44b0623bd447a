#include "checker/search/row_layout.h"

#include <bit>

namespace capsize::checker {

RowLayout::RowLayout(std::size_t slots, const std::vector<Class>& classes)
    : mask_words_((slots + kWordBits - 1) / kWordBits) {
  unsigned shift = kWordBits;
  for (std::uint32_t i = 0; i < classes.size(); ++i) {
    if (!classes[i].joins) groups_.push_back({i, i, classes[i].is_write});
    groups_.back().last = i + 1;
    const auto bits = static_cast<unsigned>(std::bit_width(classes[i].count_max));
    if (shift + bits + 1 > kWordBits) {
      guards_.push_back(0);
      shift = 0;
    }
    const auto group = static_cast<std::uint32_t>(groups_.size() - 1);
    const std::uint64_t guard = std::uint64_t{1} << bits;
    fields_.push_back({counts() + guards_.size() - 1, shift, guard - 1, guard, group});
    shift += bits;
    guards_.back() |= std::uint64_t{1} << shift;
    group_of_guard_.resize(guards_.size() * kWordBits);
    group_of_guard_[(guards_.size() - 1) * kWordBits + shift] = group;
    ++shift;
  }
  tracked_ = guards_;
}

void RowLayout::track_nothing() {
  tracked_.assign(guards_.size(), 0);
}

void RowLayout::track(std::size_t one) {
  const Group& group = groups_[fields_[one].group];
  for (std::uint32_t member = group.first; member != group.last; ++member) {
    const Field& field = fields_[member];
    tracked_[field.word - counts()] |= field.guard << field.shift;
  }
}

void RowLayout::track_overused(const std::uint64_t* row) {
  for (std::uint32_t group = 0; group < groups_.size(); ++group) {
    const std::uint64_t word = row[overused() + group / kWordBits];
    if (((word >> (group % kWordBits)) & 1) != 0) track(groups_[group].first);
  }
}

bool RowLayout::dominates(const std::uint64_t* row, const std::uint64_t* other) const {
  if (row[cost()] > other[cost()]) return false;
  for (std::size_t i = safe(); i < used(); ++i) {
    if ((other[i] & ~row[i]) != 0) return false;
  }
  for (std::size_t i = used(); i < counts(); ++i) {
    if ((row[i] & ~other[i]) != 0) return false;
  }
  for (std::size_t word = 0; word < guards_.size(); ++word) {
    const std::uint64_t guard = tracked_[word];
    const std::size_t at = counts() + word;
    // A guard is lost in each field that counts more here than there.
    std::uint64_t more = guard & ~((other[at] | guard) - row[at]);
    for (; more != 0; more &= more - 1) {
      const auto bit = static_cast<std::size_t>(std::countr_zero(more));
      if (!made_good(groups_[group_of_guard_[word * kWordBits + bit]], row, other)) return false;
    }
  }
  return true;
}

bool RowLayout::made_good(const Group& group, const std::uint64_t* row,
                          const std::uint64_t* other) const {
  if (!group.has_write || count(row, group.first) >= count(other, group.first)) return false;
  std::uint32_t spare = count(other, group.first) - count(row, group.first);
  for (std::uint32_t one = group.first + 1; one != group.last; ++one) {
    const std::uint32_t mine = count(row, one);
    const std::uint32_t theirs = count(other, one);
    if (mine <= theirs) continue;
    if (mine - theirs > spare) return false;
    spare -= mine - theirs;
  }
  return true;
}

}  // namespace capsize::checker

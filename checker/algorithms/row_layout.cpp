#include "checker/algorithms/row_layout.h"

namespace capsize::checker {

bool RowLayout::dominates(const std::uint64_t* row, const std::uint64_t* other) const {
  for (std::size_t i = safe(); i < used(); ++i) {
    if ((other[i] & ~row[i]) != 0) return false;
  }
  for (std::size_t i = used(); i < counts(); ++i) {
    if ((row[i] & ~other[i]) != 0) return false;
  }
  return counts_dominate(row, other);
}

// In a group, what was used beyond the other row must be made good by writes that the other one has
// used and this one has not.
bool RowLayout::counts_dominate(const std::uint64_t* row, const std::uint64_t* other) const {
  for (const Group& group : groups) {
    std::uint32_t one = group.first;
    std::uint32_t spare = 0;
    if (group.has_write) {
      if (count(row, one) > count(other, one)) return false;
      spare = count(other, one) - count(row, one);
      ++one;
    }
    for (; one != group.last; ++one) {
      const std::uint32_t mine = count(row, one);
      const std::uint32_t theirs = count(other, one);
      if (mine <= theirs) continue;
      if (mine - theirs > spare) return false;
      spare -= mine - theirs;
    }
  }
  return true;
}

}  // namespace capsize::checker

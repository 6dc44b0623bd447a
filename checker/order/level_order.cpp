#include "checker/order/level_order.h"

#include <algorithm>

#include "base/check.h"

namespace capsize::checker {

std::optional<std::pair<std::uint32_t, std::uint32_t>> find_out_of_level(
    std::span<const KeyOperation> operations, const std::vector<std::uint64_t>& levels) {
  CHECK(levels.size() == operations.size(), "each operation has a level");
  std::vector<std::uint32_t> by_complete;
  for (std::uint32_t i = 0; i < operations.size(); ++i) {
    if (operations[i].complete != kNever) by_complete.push_back(i);
  }
  std::sort(by_complete.begin(), by_complete.end(), [&](std::uint32_t a, std::uint32_t b) {
    return operations[a].complete < operations[b].complete;
  });
  // One sweep by invocation: of all operations that completed before, only the highest level
  // matters.
  std::optional<std::uint32_t> highest;
  auto completed = by_complete.begin();
  for (std::uint32_t i = 0; i < operations.size(); ++i) {
    if (levels[i] == kNoLevel) continue;
    for (; completed != by_complete.end() && operations[*completed].complete < operations[i].invoke;
         ++completed) {
      if (!highest || levels[*completed] > levels[*highest]) highest = *completed;
    }
    if (highest && levels[*highest] > levels[i]) return std::pair(*highest, i);
  }
  return std::nullopt;
}

std::vector<std::uint32_t> order_by_level(const std::vector<std::uint64_t>& levels) {
  std::vector<std::uint32_t> order;
  for (std::uint32_t i = 0; i < levels.size(); ++i) {
    if (levels[i] != kNoLevel) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return levels[a] < levels[b]; });
  return order;
}

}  // namespace capsize::checker

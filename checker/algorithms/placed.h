// Placed: an operation and its position in a legal order that is put together.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "checker/algorithms/queue_elements.h"

namespace capsize::checker {

struct Placed {
  /// Which goes first at the same position, where that matters.
  enum Turn : std::uint8_t { kOut, kInAndOut, kEmpty, kIn };

  Position at = 0;
  std::uint32_t operation = 0;
  std::uint32_t second = QueueElement::kNone;  ///< the one that follows at once
  Turn turn = kOut;
};

/// The places of the operations one after the other.
[[nodiscard]] inline std::vector<std::uint32_t> order_of(std::span<const Placed> placed) {
  std::vector<std::uint32_t> order;
  for (const Placed& one : placed) {
    order.push_back(one.operation);
    if (one.second != QueueElement::kNone) order.push_back(one.second);
  }
  return order;
}

}  // namespace capsize::checker

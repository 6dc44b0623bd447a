// QueueElements: the operations of a queue, stack or bag, grouped by the element that they put in
// or take out.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "checker/specification/decision.h"
#include "checker/specification/model.h"

namespace capsize::checker {

struct QueueElement {
  static constexpr std::uint32_t kNone = 0xFFFFFFFFu;

  std::uint32_t enqueue = kNone;  ///< place of the operation
  std::uint32_t dequeue = kNone;  ///< kNone: no acknowledged dequeue returned it
  Position in_begin = 0;          ///< invocation of the enqueue
  Position in_end = 0;            ///< its completion, or the dequeue's if that is earlier
  Position out_begin = kNever;    ///< invocation of the dequeue
  Position out_end = kNever;      ///< its completion

  [[nodiscard]] bool is_unmatched() const { return dequeue == kNone; }
};

struct QueueElements {
  std::vector<QueueElement> elements;  ///< that took effect, by invocation of the enqueue
  std::vector<std::uint32_t> empty;    ///< dequeues that found nothing, by invocation
  std::vector<std::uint32_t> unknown;  ///< indeterminate dequeues, by invocation
};

/// kNotApplicable if an element is null or enqueued twice by operations that did not fail;
/// kViolation if one is dequeued that was not enqueued before, or dequeued twice. An indeterminate
/// enqueue of an element that no acknowledged dequeue returned is left out. `operations` in order
/// of invocation, with the codes of collection.h.
[[nodiscard]] Decision gather_elements(std::span<const KeyOperation> operations,
                                       QueueElements& gathered);

/// Returns a violation with the counterexample in order and without kNone.
[[nodiscard]] Decision queue_violation(std::vector<std::uint32_t> counterexample);

/// An operation and its position in a legal order that is put together.
struct Placed {
  /// The order at equal positions, if it matters.
  enum Turn : std::uint8_t { kOut, kInAndOut, kEmpty, kIn };

  Position at = 0;
  std::uint32_t operation = 0;
  std::uint32_t second = QueueElement::kNone;  ///< the operation that follows immediately
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

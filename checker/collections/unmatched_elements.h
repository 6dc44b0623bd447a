// UnmatchedElements: elements that no acknowledged dequeue returned, and the indeterminate dequeues
// that may have taken them.
//
// Conditions: distinct elements. An indeterminate dequeue takes at most one element, at any time
// after it began; so of two of them the one that began earlier can replace the other.
//
// An element x may have a deadline: some indeterminate dequeue that began by then must have taken
// it. The deadlines are nested, so by Hall's theorem there are enough dequeues iff for every
// position p at most as many elements have a deadline up to p as dequeues began up to p.
//
// The deadlines that first-in-first-out imposes are known from the start. A moment t at which a
// dequeue found the queue empty imposes another one, t, on all elements that were in before t. With
// it the condition is, for every p >= t: at most as many elements were in before t or have a
// deadline up to p as dequeues began up to p. Two moments together require no more than each by
// itself: at p only the latest one up to p counts.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "checker/collections/queue_elements.h"

namespace capsize::checker {

class UnmatchedElements {
 public:
  struct Element {
    std::uint32_t index = 0;  ///< in QueueElements::elements
    Position in_end = 0;
    Position deadline = kNever;
  };

  /// `deadline_of`: by when the order requires that the element is gone; kNever: never.
  UnmatchedElements(std::span<const KeyOperation> operations, const QueueElements& queue,
                    const std::function<Position(const QueueElement&)>& deadline_of);

  /// Whether the dequeues suffice for the deadlines alone.
  [[nodiscard]] bool deadlines_hold() const { return deadlines_hold_; }
  /// Where they do not: the elements that are due up to the first deadline which comes too early.
  [[nodiscard]] std::vector<Element> too_many_due() const;
  /// Whether they suffice if all that was in before `moment` is gone at it. Precondition:
  /// deadlines_hold(), and moments of successive calls may only grow.
  [[nodiscard]] bool can_be_gone_at(Position moment);

  /// Which take (a number in the order of `takes`) takes which element (an index), given the
  /// moments at which all is gone, ascending. Precondition: each of them was said to be possible.
  [[nodiscard]] std::vector<std::pair<std::uint32_t, std::uint32_t>> assign(
      std::span<const Position> moments) const;

  [[nodiscard]] const std::vector<Element>& elements() const { return elements_; }

 private:
  // Spare dequeues by position, for ranges: the least of any range, and changes of whole ranges.
  class Spare {
   public:
    Spare() = default;
    explicit Spare(const std::vector<std::int64_t>& values);
    void take_one_before(std::size_t end);
    [[nodiscard]] std::int64_t least_from(std::size_t begin) const;

   private:
    void change(std::size_t node, std::size_t begin, std::size_t size, std::size_t end);
    [[nodiscard]] std::int64_t least(std::size_t node, std::size_t begin, std::size_t size,
                                     std::size_t from) const;

    std::size_t size_ = 1;               // a power of two
    std::vector<std::int64_t> least_;    // by node of a segment tree, changes of its own included
    std::vector<std::int64_t> changes_;  // by node: for all below it
  };

  std::vector<Element> elements_;    // by in_end
  Position last_moment_ = 0;         // of can_be_gone_at()
  std::vector<Position> takes_;      // when the indeterminate dequeues began, ascending
  std::vector<Position> positions_;  // where something changes: takes begin, deadlines pass
  bool deadlines_hold_ = true;
  Spare spare_;
  std::size_t gone_ = 0;  // elements that can_be_gone_at() counts as gone
};

}  // namespace capsize::checker

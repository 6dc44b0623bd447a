// StackNesting: how the elements of a stack nest; StackDeadlines: by when unmatched elements have
// to be popped (distinct_stack.h says why).
//
// Each element has a time during which it is certainly in the stack, the open interval (in_end,
// out_begin), and a longest time during which it can be in, [in_begin, out_end]. In a legal order
// the actual times of two elements are nested or disjoint: last in, first out.
//
// Theorem (after Abdulla et al., "Efficient Linearizability Monitoring", PLDI 2025, and Lee &
// Mathur, OOPSLA 2025). Call a maximal stretch covered by certain times a segment. Times that nest
// exist iff in each segment [l, r] some element of it, its bottom, can be in throughout (in_begin
// <= l and r <= out_end), and the same holds for what is left of the segment without it, which
// falls apart into segments again. Any such element will do.
//
// Proof. Necessary: the certain times of a segment overlap, so the actual time of one of its
// elements contains all the others. Sufficient: let the bottom be in from l to r, and the others by
// induction within. Any one will do: let t contain all others in a solution, and let u be able to.
// Cut all other times down to the segment, that of t too: they stay nested, and u is around them
// for [l, r].
//
// Elements whose push and pop overlap can be in for no time at all: they impose nothing.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "checker/collections/queue_elements.h"

namespace capsize::checker {

/// The time for which an element is in: from one end of a segment to the other.
struct Nested {
  static constexpr std::uint32_t kNone = 0xFFFFFFFFu;

  Position begin = 0;
  Position end = 0;
  std::uint32_t element = 0;    ///< in the elements it was made of
  std::uint32_t depth = 0;      ///< how many others contain it
  std::uint32_t outer = kNone;  ///< the innermost of these
};

struct StackNesting {
  /// Sorted by begin, outer times first. Elements that need not be in at any time have none.
  std::vector<Nested> times;
  /// If a segment has no bottom: elements that cover it, none of which can contain the others.
  std::vector<std::uint32_t> clash;
};

/// Elements of the segment that this time was given for, that cover it: as few as possible.
[[nodiscard]] std::vector<std::uint32_t> cover(std::span<const QueueElement> elements,
                                               const StackNesting& nesting, std::uint32_t time);

/// O(n log n).
[[nodiscard]] StackNesting nest(std::span<const QueueElement> elements);

/// Of each unmatched element, by its place; of the others kNever. kNever: it can stay.
struct StackDeadlines {
  std::vector<Position> enough;  ///< a legal order exists if all are gone by then
  std::vector<Position> needed;  ///< and none if one is not gone by then; never before `enough`
  std::vector<std::uint32_t> inside;  ///< the innermost time that imposes it; Nested::kNone: none
  std::vector<Position> needed_in;    ///< by time: `needed` of the elements inside it
};

/// `nesting`: of the elements that are not unmatched, without clash. O(n log n).
[[nodiscard]] StackDeadlines find_deadlines(std::span<const QueueElement> elements,
                                            const StackNesting& nesting);

}  // namespace capsize::checker

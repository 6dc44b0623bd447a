// By when the left-over elements of a stack have to be gone: distinct_stack.h says why.
#pragma once

#include <span>
#include <vector>

#include "checker/algorithms/queue_elements.h"
#include "checker/algorithms/stack_nesting.h"

namespace capsize::checker {

/// Of each element that is left over, by its place; of the others kNever. kNever: it can stay.
struct StackDeadlines {
  std::vector<Position> enough;  ///< a legal order exists if all are gone by then
  std::vector<Position> needed;  ///< and none if one is not gone by then; never before `enough`
  std::vector<std::uint32_t> inside;  ///< the innermost time that says so, Nested::kNone if none
  std::vector<Position> needed_in;    ///< by time: `needed` of what lies in it
};

/// `nesting`: of the elements that are not left over, without clash. O(n log n).
[[nodiscard]] StackDeadlines find_deadlines(std::span<const QueueElement> elements,
                                            const StackNesting& nesting);

}  // namespace capsize::checker

// A legal order of a stack whose elements fulfil distinct_stack.h.
#pragma once

#include <span>
#include <vector>

#include "checker/algorithms/emptiness.h"
#include "checker/algorithms/stack_nesting.h"

namespace capsize::checker {

/// `nesting`: of `elements`, without clash; `emptiness`: a moment for each empty pop, at which none
/// of them is certainly in. An element that is in for ever is not popped.
[[nodiscard]] std::vector<std::uint32_t> order_of_stack(std::span<const QueueElement> elements,
                                                        const StackNesting& nesting,
                                                        const Emptiness& emptiness);

}  // namespace capsize::checker

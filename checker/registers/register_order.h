// A legal order of the operations of a register that distinct_register.h found to be legal.
//
// Blocks (a write and the chain of cas that begins at it) stay together, sorted by level and
// invocation inside. Blocks are sorted by min(f, s); where that is equal, backward zones (s <= f)
// come before forward ones (f < s). f is the smallest completion of the block, s the largest
// invocation, and f of the initial block is before everything.
//
// Proof. Let A have to come before B: f_A < s_B, and not f_B < s_A, so s_A <= f_B. If B is
// backward, its key s_B is above f_A, and so above A's key. If B is forward, its key is f_B >= s_A,
// so at least A's key; they are equal only if s_A = f_B is A's key, and A is then backward (a
// forward A with f_A = f_B would clash with B).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "checker/specification/model.h"

namespace capsize::checker {

/// Places of the operations that take effect, in a legal order. Preconditions: the conditions of
/// the decider hold, and its decision is kLegal. O(n log n).
[[nodiscard]] std::vector<std::uint32_t> order_of_register(std::span<const KeyOperation> operations,
                                                           ValueId initial);

}  // namespace capsize::checker

// Chooses which of many clashes to explain for a register whose history has no legal order.
//
// A decider stops at the first clash that it finds, but a real fault leaves dozens. Clashes that
// prove their cause (lost_or_stale.h) come first, the most serious one before the others:
//
//   1. a lost write: reads of two processes should have returned it, and no operation ever observes
//      it or anything that may have overwritten it;
//   2. a stale read: a later operation observes the newer value;
//   3. a clash between observations only, that needs no acknowledgement: reads that disagree;
//   4. otherwise the clash that the decider found.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "checker/specification/decision.h"
#include "checker/specification/key_problem.h"

namespace capsize::checker {

/// `decide` is the decider that found `first` (places in problem.operations, distinct written
/// values). Returns places of operations that clash. O(n) for each of a bounded number of
/// candidates.
[[nodiscard]] std::vector<std::uint32_t> choose_clash(
    const KeyProblem& problem, const std::function<Decision(std::span<const KeyOperation>)>& decide,
    std::vector<std::uint32_t> first);

}  // namespace capsize::checker

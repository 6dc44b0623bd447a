// Which of many clashes to show for a register whose history has no legal order.
//
// A decider stops at the first clash it meets, and after a real fault there are dozens. What can be
// proved to be one thing or the other (lost_or_stale.h) comes first, the worst of it before the
// rest:
//
//   1. an acknowledged write that is lost: two processes looked for it in vain, and nothing that
//   may
//      have overwritten it is ever seen;
//   2. a stale read: what is newer is seen again after it;
//   3. a clash among observations alone, no acknowledgement believed: reads that disagree;
//   4. otherwise what the decider found.
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
[[nodiscard]] std::vector<std::uint32_t> telling_clash(
    const KeyProblem& problem, const std::function<Decision(std::span<const KeyOperation>)>& decide,
    std::vector<std::uint32_t> first);

}  // namespace capsize::checker

// Which of many clashes to show for a register whose history has no legal order.
//
// A decider stops at the first clash it meets, and after a real fault there are dozens. The most
// telling one comes first:
//
//   1. a clash among observations alone, no acknowledgement believed: somebody saw a newer value
//   and
//      somebody saw an older one later. Reads disagree; that is a stale read whatever was written.
//   2. otherwise an acknowledged write that nobody ever sees, though the older value is read after
//      it, and nothing that was acknowledged in between is ever seen either: a lost write.
//   3. otherwise what the decider found.
//
// The order matters: where a deposed leader answers reads alone, some unseen write can always be
// found that looks lost, and where writes are acknowledged too early no two reads ever disagree.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "checker/algorithms/decision.h"
#include "checker/models/model.h"

namespace capsize::checker {

/// `decide` is the decider that found `first` (places in `operations`, distinct written values).
/// Returns places of operations that clash. O(n) for each of a bounded number of candidates.
[[nodiscard]] std::vector<std::uint32_t> telling_clash(
    std::span<const KeyOperation> operations, ValueId initial,
    const std::function<Decision(std::span<const KeyOperation>)>& decide,
    std::vector<std::uint32_t> first);

}  // namespace capsize::checker

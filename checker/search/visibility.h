// Visibility after completion: whether an operation may observe a blind write that has completed,
// although acknowledged mutations began after it.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "checker/search/search_problem.h"
#include "checker/specification/model.h"

namespace capsize::checker {

/// Which acknowledged blind writes can be observed after they have completed.
///
/// Conditions: the caller's problem is exact (every operation expects or leaves one certain value).
///
/// Theorem. Let w be an acknowledged write of v, and let h be the earliest completion of an
/// acknowledged mutation that began after w had completed. In a legal order nothing that began
/// after h observes w, since that mutation stands in between. What observes w is an acknowledged
/// operation that observes v, or one that observes u where indeterminate cas lead from v to u; it
/// must have begun by h, and not have completed before w. If there is none, w can stand at its
/// completion or before it, and whatever follows it then is a mutation that observes nothing, or
/// nothing.
///
/// By operation; true at least where the theorem does not exclude it. `operations` in order of
/// invocation. O(n log n) for each value that indeterminate cas lead to. Where `stop` says so, it
/// ends early, and the answer must not be used.
[[nodiscard]] std::vector<bool> seen_after_completion(
    std::span<const KeyOperation> operations, std::span<const SearchProblem::InfoClass> classes,
    const std::function<bool()>& stop);

}  // namespace capsize::checker

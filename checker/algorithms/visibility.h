// Which write an operation can have seen, where acknowledged mutations lie in between: whether a
// write can be seen after it has completed, and reads that no write can be the source of.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "checker/algorithms/decision.h"
#include "checker/algorithms/search_problem.h"
#include "checker/models/model.h"

namespace capsize::checker {

/// Which acknowledged blind writes can be seen after they have completed.
///
/// Conditions: the caller's problem is exact (every operation wants or leaves one certain value).
///
/// Theorem. Let w be an acknowledged write of v, and let h be the earliest completion of an
/// acknowledged mutation that began after w had completed. In a legal order nothing that began
/// after h sees w, since that mutation stands in between. What sees w is an acknowledged operation
/// that observes v, or one that observes u where indeterminate cas lead from v to u; it must have
/// begun by h, and not have completed before w. If there is none, w can stand at its completion or
/// before it, and whatever follows it then is a mutation that does not look, or nothing.
///
/// By operation; true at least where the theorem does not exclude it. `operations` in order of
/// invocation. O(n log n) for each value that indeterminate cas lead to. Where `stop` says so, it
/// ends early, and the answer is of no use.
[[nodiscard]] std::vector<bool> seen_after_completion(
    std::span<const KeyOperation> operations, std::span<const SearchProblem::InfoClass> classes,
    const std::function<bool()>& stop);

/// Finds reads that no write can be the source of, whatever the order: O(n log n), values may
/// repeat.
///
/// Conditions (else kNotApplicable): everything that changes the state names the whole state
/// afterwards (registers: write and cas).
///
/// Theorem. Let r be acknowledged and observe v. A writer w of v cannot be what r saw if w began
/// after r had completed, or if some acknowledged mutation m began after w had completed and
/// completed before r began: in every legal order m stands between w and r, and leaves its own
/// value. The initial value cannot be what r saw if any acknowledged mutation completed before r
/// began. If no source is left, the history is not linearizable.
///
/// The condition is necessary only, so this says kViolation or kNotApplicable, never kLegal. It is
/// here because a search finds such a read last: it has to try all orders of what lies before it,
/// while this looks at each read once. That is what most stale reads and all reads of values never
/// written look like.
///
/// `operations` in order of invocation. The witness is the read and the mutation in between.
[[nodiscard]] Decision find_sourceless_read(std::span<const KeyOperation> operations,
                                            ValueId initial);

}  // namespace capsize::checker

// Reads that no write can be the source of, because an acknowledged mutation took effect in
// between.
#pragma once

#include <span>

#include "checker/specification/decision.h"
#include "checker/specification/model.h"

namespace capsize::checker {

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
/// here because a search finds such a read last: it has to try all orders of what comes before it,
/// while this looks at each read once. That is what most stale reads and all reads of values never
/// written look like.
///
/// `operations` in order of invocation. The counterexample is the read and the mutation in between.
[[nodiscard]] Decision find_sourceless_read(std::span<const KeyOperation> operations,
                                            ValueId initial);

}  // namespace capsize::checker

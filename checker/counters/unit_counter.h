// Decider for counters whose additions all have the same amount: near-linear.
//
// Conditions (else kNotApplicable): all operations are `add` and reads, and every add adds the same
// number, which is not 0. (With different amounts a read asks for a subset with a given sum, which
// is NP-complete.)
//
// Theorem. Each read says how many additions come before it. Sort the different totals that were
// read by that count. Slot j holds the additions between the j-th total and the next one, and its
// size is known, except that of the last slot. An add that a read of the j-th total precedes
// belongs to slot j or later (lo); one that precedes a read of the j-th total belongs before slot j
// (hi). The operations are linearizable iff every total is a whole, non-negative number of
// additions away from the initial value, no read of a higher count precedes one of a lower count,
// and the slots can be filled: every acknowledged add in one slot between its lo and hi, each slot
// exactly full. Earliest hi first fills them if anything does; indeterminate adds have no hi and
// are left out where no slot needs them.
//
// Proof. Necessary: counts only grow. Sufficient: sort by slot, reads of a total before its slot,
// additions within a slot by invocation. If add a precedes add b, then lo(a) <= lo(b) and hi(a) <=
// hi(b), so if a fill puts b in an earlier slot, the two can change places; earliest hi first, and
// earliest invocation among equals, never does that. Choosing by earliest hi is optimal for unit
// jobs with release times and deadlines (Jackson 1955; Horn 1974).
#pragma once

#include <span>

#include "checker/specification/decider.h"

namespace capsize::checker {

/// `operations` in order of invocation. O(n log n).
[[nodiscard]] Decision decide_unit_counter(std::span<const KeyOperation> operations,
                                           ValueId initial, const ValueTable& values,
                                           bool want_order);

extern const FastDecider kUnitCounter;

}  // namespace capsize::checker

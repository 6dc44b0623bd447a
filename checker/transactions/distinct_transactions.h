// Decider for registers that are read and written in transactions, with different values: sound in
// both directions, silent where it cannot tell.
//
// Conditions (else kNotApplicable): no two transactions that did not fail write the same value to
// the same key, none writes an initial value, and none writes a key twice; not too many operations
// at the same time (kClockEntriesMax).
//
// With different values it is known who read from whom. The order of writes that nobody read is
// not, and to find it is NP-complete in general (Papadimitriou, JACM 26(4), 1979; with reads-from
// known: Biswas & Enea, OOPSLA 2019). So this decides by two arguments that are each cheap:
//
//  - Violation. An indeterminate transaction of which nobody read anything is dropped. Let < be
//    real time and reads-from, closed under transitivity and two rules, where t reads a key from w
//    and v writes it too: v < t implies v < w, and w < v implies t < v, since between w and t
//    nothing else may write the key. All of < holds in every legal order, so if it is circular
//    there is none. (The rules are those by which Biswas & Enea decide weaker levels.)
//  - Legal. Place operations one after the other: always one whose predecessors are all placed,
//    whose reads are the current values, and which overwrites nothing that another has yet to read.
//    If all can be placed, that is a legal order, whatever led to it.
//
// If neither succeeds, it says kNotApplicable and the search decides.
#pragma once

#include <span>

#include "checker/history/values.h"
#include "checker/specification/decider.h"

namespace capsize::checker {

/// `operations` in order of invocation. O((n + derived edges) * operations at the same time) for
/// each of few rounds.
[[nodiscard]] Decision decide_distinct_transactions(std::span<const KeyOperation> operations,
                                                    ValueId initial, const ValueTable& values);

extern const FastDecider kDistinctTransactions;

}  // namespace capsize::checker

// Decider for registers that are read and written in transactions, with distinct values: sound in
// both directions, incomplete in both.
//
// Conditions (else kNotApplicable): no two transactions that did not fail write the same value to
// the same key, none writes an initial value, and none writes a key twice; not too many concurrent
// operations (kClockEntriesMax).
//
// With distinct values it is known which transaction read from which. The order of writes that were
// never read is not known, and finding it is NP-complete in general (Papadimitriou, JACM 26(4),
// 1979; with reads-from known: Biswas & Enea, OOPSLA 2019). So two cheap arguments decide:
//
//  - Violation. An indeterminate transaction from which no other read is dropped. Let < be real
//    time and reads-from, closed under transitivity and two rules. Let t read a key from w, and let
//    v write it too: v < t implies v < w, and w < v implies t < v, since no other write of the key
//    may stand between w and t. All of < holds in every legal order, so if it has a cycle there is
//    none. (Biswas & Enea decide weaker isolation levels by these rules.)
//  - Legal. Place operations one after the other: always one whose predecessors are all placed,
//    whose reads are the current values, and which overwrites nothing that another has yet to read.
//    If all can be placed, the result is a legal order, whatever led to it.
//
// If neither succeeds, the answer is kNotApplicable and the search decides.
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

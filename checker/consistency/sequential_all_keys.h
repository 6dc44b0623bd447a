// Sequential consistency of all keys of a history together: one order of all operations explains
// all observations and keeps the order of each process, though not real time (Lamport 1979).
//
// It is stronger than sequential consistency of each key, because that is not local (Herlihy &
// Wing, TOPLAS 1990; Attiya & Welch, TOCS 1994). The store buffer shows it: one process writes x
// and then reads that y has its old value, another one writes y and then reads that x has its old
// value. Each key alone has an order. Together each write would have to come before the other one.
//
// Checked for registers in which every value is written once, so that it is known whose value was
// read. A cycle of "must come before" means "no" (sequential_graph.h), an order that can be
// replayed means "yes" (sequential_order.h); otherwise, and beyond the bounds, the answer is
// unknown. sequential_graph.h defines "process".
#pragma once

#include "checker/core/budget.h"
#include "checker/history/history.h"
#include "checker/report/report.h"
#include "checker/specification/model.h"

namespace capsize::checker {

[[nodiscard]] ConsistencyAnswer check_sequential_of_all_keys(const History& history,
                                                             const Model& model,
                                                             const DecodeOptions& options,
                                                             const Budget& budget);

}  // namespace capsize::checker

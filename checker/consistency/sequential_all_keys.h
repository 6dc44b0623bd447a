// Sequential consistency of all keys of a history together: one order of all operations explains
// what was seen and keeps every process's own order, though not real time (Lamport 1979).
//
// It is more than sequential consistency of each key, since that is not local (Herlihy & Wing,
// TOPLAS 1990; Attiya & Welch, TOCS 1994). The store buffer shows it: one process writes x and then
// reads that y has its old value, another one writes y and then reads that x has its old value.
// Each key alone has an order. Together each write would have to come before the other one.
//
// Asked of registers in which every value is written once, so that it is known whose value was
// read: a cycle of what must come before what is "no" (sequential_graph.h), an order that replays
// is "yes" (sequential_order.h). Else unknown, and so it is beyond the bounds. What "process" means
// here is said in sequential_graph.h.
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

// Just-in-time search: decides any model, at a price that can be exponential, within its bounds.
//
// Lowe, "Testing for linearizability", Concurrency and Computation 29(4), 2017; after Wing & Gong,
// JPDC 17, 1993. Walk the completions of the acknowledged operations in order. When one completes
// that was not applied yet, apply open operations, one after the other, until it is. Applying
// anything earlier than some completion asks for it gains nothing, since it could be done later as
// well. States that were met before are not tried again.
//
// Reductions, each without loss:
//  - a pure operation that is possible in the current state is applied at once: it takes nothing
//    away and is one obligation less;
//  - dead writes hide before another blind write (SearchProblem says which are dead);
//  - indeterminate operations come last, as counts of interchangeable ones, and in an exact problem
//    only where an open operation, or another indeterminate one, wants the value that they leave.
//    In a legal order without useless ones each stands right before the operation that wants it;
//  - dominance (Configurations).
//
// Two searches share one budget and take turns: depth first, which is fast when there are many
// legal orders, and by completion, lowest first, which is fast at showing that there is none. Where
// the first has come no further for long, the other one gets most of the turns.
//
// How it fails: at its bound of time, memory or steps it says kUnknown and names the bound.
#pragma once

#include <cstdint>
#include <span>

#include "checker/algorithms/decision.h"
#include "checker/algorithms/search_problem.h"
#include "checker/models/model.h"

namespace capsize::checker {

/// `operations` in order of invocation. A violation's witness is empty; its `end` bounds the prefix
/// that has no legal order.
[[nodiscard]] Decision search_just_in_time(std::span<const KeyOperation> operations,
                                           ValueId initial, const Model& model,
                                           const ValueTable& values, const SearchBounds& bounds);

}  // namespace capsize::checker

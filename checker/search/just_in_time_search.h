// Just-in-time search: decides any model, at a cost that can be exponential, within its bounds.
//
// Lowe, "Testing for linearizability", Concurrency and Computation 29(4), 2017; after Wing & Gong,
// JPDC 17, 1993. Walk the completions of the acknowledged operations in order. When an operation
// completes that was not applied yet, apply open operations, one after the other, until it is.
// Applying an operation earlier gains nothing: it could be applied later as well. Visited states
// are not expanded a second time.
//
// So every operation that is applied at the completion of c comes before c in the order, and c
// comes last.
//
// Reductions, each without loss:
//  - *Pure operations at once.* A pure operation that is possible in the current state changes
//    nothing and leaves one obligation less.
//  - *Among equals, the first.* Of open operations that do the same, the one that completes first
//    is applied; open acknowledged ones before indeterminate ones that do the same. Exchange the
//    two in any legal order: the other one has more time left.
//  - *Overwritten writes are not guessed.* A blind write d whose value is never read stands right
//    before another blind write b. The search does not choose which ones those are. Each blind
//    write that it applies makes all open ones hideable: they can still be applied and read later,
//    but need not be. A write that completes while it is hideable is placed right before the last
//    blind write. It may also be read later, by an operation that begins after it completed; that
//    is the one choice left, and only where visibility.h allows it. A hideable write that is not
//    applied can do whatever an applied one can, so such states compare, and two to the number of
//    open writes becomes one.
//  - *No mutation without an observer* (exact problems only). A blind write that is applied before
//    its completion requires it, and an indeterminate operation, is followed by an operation that
//    observes its result: otherwise it could be later, hidden or left out. The same holds along a
//    chain of indeterminate operations. mutation_filter.h says what an observer waits for.
//  - *A cas instead of a write* (exact problems only). An indeterminate cas that leads from the
//    current state to v is preferred to an indeterminate write of v, unless the write makes more
//    writes hideable: the write can do whatever the cas could, later.
//  - *Dominance* (row_layout.h): of two configurations with the same completion, state and applied
//    cas, the one that has applied more of what must be applied and used less of what may be used.
//
// *Counting only what has to be counted* (exact problems, in order of completion). How often
// indeterminate operations were used multiplies the configurations. So at first each of them can be
// used any number of times once it has begun. That allows more than the history does, so if no
// order is legal even then, there is none. If the order that is found uses none more often than it
// exists, it is an order of the history. Otherwise those that it uses too often are counted from
// then on, and the search starts over: counterexample-guided abstraction refinement (Clarke et al.,
// CAV 2000). In the worst case all are counted; usually few are.
//
// Two searches share one budget and take turns: depth first, which is fast when there are many
// legal orders and counts everything, and in order of completion. When the first has made no
// progress for long, the second gets most of the turns.
//
// How it fails: at its bound of time, memory or steps it answers kUnknown and names the bound.
#pragma once

#include <cstdint>
#include <span>

#include "checker/search/search_problem.h"
#include "checker/specification/decision.h"
#include "checker/specification/model.h"

namespace capsize::checker {

/// `operations` in order of invocation. A violation's counterexample is empty; its `end` bounds the
/// prefix that has no legal order.
[[nodiscard]] Decision search_just_in_time(std::span<const KeyOperation> operations,
                                           ValueId initial, const Model& model,
                                           const ValueTable& values, const SearchBounds& bounds);

}  // namespace capsize::checker

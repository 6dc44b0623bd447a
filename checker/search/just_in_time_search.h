// Just-in-time search: decides any model, at a price that can be exponential, within its bounds.
//
// Lowe, "Testing for linearizability", Concurrency and Computation 29(4), 2017; after Wing & Gong,
// JPDC 17, 1993. Walk the completions of the acknowledged operations in order. When one completes
// that was not applied yet, apply open operations, one after the other, until it is. Applying
// anything earlier than some completion asks for it gains nothing, since it could be done later as
// well. States that were met before are not tried again.
//
// So whatever is applied when c completes comes before c in the order, and c comes last.
//
// Reductions, each without loss:
//  - *Pure operations at once.* One that is possible in the current state takes nothing away and is
//    one obligation less.
//  - *Alike, the first.* Of open operations that do the same, the one that completes first is
//    applied; before indeterminate ones that do the same, open acknowledged ones. Exchange the two
//    in any legal order: the other one has more time left.
//  - *Overwritten writes are not guessed.* A blind write d whose value nobody sees stands right
//    before another blind write b. Instead of choosing which ones those are, each blind write
//    that is applied makes all open ones hideable: they can still be applied and seen later, but
//    need not be. One that completes as hideable goes to where the last blind write is. It may
//    also be seen late, by something that begins after it completed; that is the one choice left,
//    and only where visibility.h allows it. A hideable write that is not applied can do whatever an
//    applied one can, so these compare, and two to the number of open writes becomes one.
//  - *Nothing for nobody* (exact problems only). A blind write that is applied before its
//  completion
//    asks for it, or an indeterminate operation, is followed by an operation that observes what it
//    left: otherwise it could be later, hidden or left out. The same holds along a chain of
//    indeterminate ones. wanted_values.h says what an observer is there for.
//  - *A cas for a write* (exact problems only). An indeterminate cas that leaves v from the current
//    state is preferred to an indeterminate write of v, unless that makes more writes hideable: the
//    write can do whatever the cas could.
//  - *Dominance* (row_layout.h): of two configurations with the same place and the same applied
//  cas,
//    the one that has done more of what must be done and used less of what may be used.
//
// *Counting only what has to be counted* (exact problems, by completion). How often indeterminate
// operations were used multiplies the configurations. So at first there is no end of them: each can
// be used again and again once it has begun. That allows more than the history does, so if even
// then no order is legal, there is none. Where an order is found that uses none more often than it
// can be used, it is one of the history. Where it does, those that it uses too often are counted
// from then on, and the search starts again: abstraction refined by counterexamples (Clarke et al.,
// CAV 2000). In the end all are counted, and mostly it needs few.
//
// Two searches share one budget and take turns: depth first, which is fast when there are many
// legal orders and counts everything, and by completion. Where the first has come no further for
// long, the other one gets most of the turns.
//
// How it fails: at its bound of time, memory or steps it says kUnknown and names the bound.
#pragma once

#include <cstdint>
#include <span>

#include "checker/search/search_problem.h"
#include "checker/specification/decision.h"
#include "checker/specification/model.h"

namespace capsize::checker {

/// `operations` in order of invocation. A violation's witness is empty; its `end` bounds the prefix
/// that has no legal order.
[[nodiscard]] Decision search_just_in_time(std::span<const KeyOperation> operations,
                                           ValueId initial, const Model& model,
                                           const ValueTable& values, const SearchBounds& bounds);

}  // namespace capsize::checker

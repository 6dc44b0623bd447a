// All keys of a history, decided by the fast deciders on all cores.
//
// Keys share nothing but the constant history, so each thread has a KeyChecker of its own and takes
// the next few keys whenever it is done with some. Nothing is explained here: the verdicts are the
// same whatever the number of threads, and what is worth explaining is few.
#pragma once

#include <vector>

#include "checker/key_checker.h"

namespace capsize::checker {

/// One result for each key, without explanations; kNotApplicable where no fast decider is for it,
/// and kUnknown, with the reason, where the time was up before its turn. Keys without operations
/// are legal.
[[nodiscard]] std::vector<KeyResult> decide_all_fast(const History& history, const Model& model,
                                                     const DecodeOptions& options, bool want_orders,
                                                     const Budget& budget);

}  // namespace capsize::checker

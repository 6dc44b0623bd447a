// Shrinking: from operations that have no legal order to the few of them that already have none.
//
// A set of operations stands for itself only if it is closed: with every observation it holds all
// operations that might have produced it (Sources). Without the write of 7, a read of 7 is a
// violation too, but another one, and a wrong one. So a source goes only after all who saw its
// value.
//
// If a closed set has a legal order, so has every closed set inside it (leave the others out of the
// order). So a set is minimal among all closed ones if it gets a legal order whichever operation is
// left out together with all that depends on it.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "checker/budget.h"
#include "checker/explain/sources.h"
#include "checker/key_problem.h"

namespace capsize::checker {

/// Whether operations (in order of invocation) certainly have no legal order. "Not known" is false.
using Violates = std::function<bool(std::span<const KeyOperation>)>;

struct Shrunk {
  std::vector<KeyOperation> operations;  ///< in order of invocation
  bool minimal = true;                   ///< false: the budget ended before it was
};

/// The set with all sources of what it observes, and of what those observe, and so on. Sets are
/// places in problem.operations, ascending. Where the time ends it, some sources are missing.
[[nodiscard]] std::vector<std::uint32_t> with_sources(const KeyProblem& problem,
                                                      const Sources& sources,
                                                      std::vector<std::uint32_t> set,
                                                      const Budget& budget);

/// Precondition: `set` is closed and violates.
[[nodiscard]] Shrunk shrink(const KeyProblem& problem, const Sources& sources,
                            std::vector<std::uint32_t> set, const Violates& violates,
                            const Budget& budget);

}  // namespace capsize::checker

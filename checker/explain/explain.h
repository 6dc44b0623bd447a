// From the clash that a decider found to an explanation: a minimal counterexample, a name, a
// sentence.
#pragma once

#include <cstdint>
#include <vector>

#include "checker/explain/shrink.h"
#include "checker/report/report.h"
#include "checker/specification/key_problem.h"

namespace capsize::checker {

/// `set`: places in problem.operations that violate together with the writers of what they observe.
/// Takes at most the time of the budget; a counterexample that is not minimal by then is marked so.
[[nodiscard]] Violation explain(const KeyProblem& problem, std::vector<std::uint32_t> set,
                                const Violates& violates, const Budget& budget);

}  // namespace capsize::checker

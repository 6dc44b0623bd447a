// Weaker consistency models: which of them still hold for a key that is not linearizable. They help
// to find the cause (a follower that answers reads keeps monotonic reads, a lost write does not
// keep 2-atomicity) and are never part of the verdict.
//
// Each model is one file in this folder, with its definition and its source; it registers itself.
// All of them judge one key alone. Sequential consistency, unlike linearizability, is not local:
// all keys together may fail where each alone holds. That is checked once for the whole history
// (sequential_all_keys.h).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/registry.h"
#include "checker/core/budget.h"
#include "checker/report/report.h"
#include "checker/specification/key_problem.h"

namespace capsize::checker {

struct ConsistencyModel {
  std::string_view name;
  std::string_view summary;
  /// Decides within the budget; returns kUnknown, with the reason, if it cannot.
  ConsistencyAnswer (*ask)(const KeyProblem& problem, const Budget& budget);
};

[[nodiscard]] std::vector<const ConsistencyModel*> list_weaker_models();

/// Checks all weaker models for one key.
[[nodiscard]] ConsistencyAnswers check_all_weaker_models(const KeyProblem& problem,
                                                         const Budget& budget);

/// Registers a model when the program starts.
using ConsistencyModelRegistrar = base::Registrar<ConsistencyModel>;

}  // namespace capsize::checker

// Weaker answers: what still holds of a key that is not linearizable. Information for whoever looks
// for the cause (a follower that answers reads keeps monotonic reads, a lost write does not keep
// two-atomicity), never the verdict.
//
// Each question is one file in this folder, with its definition and where it comes from; it
// registers itself. All are asked about one key alone: sequential consistency, unlike
// linearizability, is not local, so all keys together may fail where each alone does not. That is
// asked once for the whole history (sequential_all_keys.h).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/registry.h"
#include "checker/core/budget.h"
#include "checker/report/report.h"
#include "checker/specification/key_problem.h"

namespace capsize::checker {

struct WeakerQuestion {
  std::string_view name;
  std::string_view summary;
  /// Within the budget; kUnknown, with the reason, where it cannot be decided.
  WeakerAnswer (*ask)(const KeyProblem& problem, const Budget& budget);
};

[[nodiscard]] std::vector<const WeakerQuestion*> list_weaker_questions();

/// All of them, about one key.
[[nodiscard]] WeakerAnswers ask_weaker_questions(const KeyProblem& problem, const Budget& budget);

/// Registers a question when the program starts.
using WeakerRegistrar = base::Registrar<WeakerQuestion>;

}  // namespace capsize::checker

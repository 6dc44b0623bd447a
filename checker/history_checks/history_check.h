// History check: checks a property of a whole history where the search for a legal order would be
// too slow. Bank transfers touch many keys, so the history cannot be split by key; but that no
// money appears or vanishes is one sum for each read.
//
// It is weaker than a model: it detects only violations of its property, and its file must say what
// it misses. A history or a workload names it in place of a model (`"model":"bank"`); it is never
// guessed.
//
// A new check is one new file in this folder: a function, passed to a `HistoryCheckRegistrar`.
#pragma once

#include <string_view>
#include <vector>

#include "base/registry.h"
#include "checker/core/budget.h"
#include "checker/history/history.h"
#include "checker/report/report.h"

namespace capsize::checker {

struct HistoryCheck {
  std::string_view name;
  std::string_view summary;                 ///< one line for `capsize list checks`
  std::vector<std::string_view> functions;  ///< the only ones that it understands
  /// Vacuous if there was nothing to check. Fills in verdict, reason, violations and, for a usage
  /// error, malformed. At its time bound the verdict is `unknown`, unless a violation was found
  /// before.
  void (*run)(const History& history, const Budget& budget, Report& report);
};

/// Returns all checks, ordered by name.
[[nodiscard]] std::vector<const HistoryCheck*> list_history_checks();
[[nodiscard]] const HistoryCheck* find_history_check(std::string_view name);

/// Registers a check when the program starts.
using HistoryCheckRegistrar = base::Registrar<HistoryCheck>;

}  // namespace capsize::checker

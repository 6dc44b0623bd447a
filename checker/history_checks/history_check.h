// History check: judges a whole history by a property of its own, where the search for a legal
// order would be too slow and says more than is asked. Bank transfers touch many keys, so nothing
// can be taken apart key by key; but that no money appears or vanishes is one sum for each read.
//
// It is weaker than a model: it sees what its property sees, and its file must say what it does
// not. A history or a workload names it where it would name a model (`"model":"bank"`); it is never
// guessed.
//
// A new check is one new file in this folder: a function, given to a `HistoryCheckRegistrar`.
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
  /// Vacuous where nothing was there to be judged. Fills in verdict, reason, violations and, for a
  /// usage error, malformed. At its time bound the verdict is `unknown`, unless a violation was
  /// found before.
  void (*run)(const History& history, const Budget& budget, Report& report);
};

/// All of them, by name.
[[nodiscard]] std::vector<const HistoryCheck*> list_history_checks();
[[nodiscard]] const HistoryCheck* find_history_check(std::string_view name);

/// Registers a check when the program starts.
using HistoryCheckRegistrar = base::Registrar<HistoryCheck>;

}  // namespace capsize::checker

// The cells of a matrix as scenarios, and which runs of a ledger belong to them.
//
// A directed cell runs the bug's own scenario. Every other cell runs its strategy in the setting of
// that scenario: its workload, arguments of the nodes, retries and so on, without its phases and
// what it checks them for. So a bug in snapshots meets a mixture of faults in a cluster that takes
// snapshots. A bug whose scenario changes the membership meets the mixtures together with the
// strategies that change it, as no mixture does by itself.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "harness/scenario/scenario.h"
#include "harness/score/matrix.h"
#include "harness/suite/ledger.h"
#include "harness/suite/suite_file.h"

namespace capsize::harness {

/// Suite name of the executions of a score in their ledger.
inline constexpr const char* kScoreSuite = "score";

struct ScoreCell {
  std::string bug;  // or kCleanRow
  std::string strategy;
  const ScoredBug* info = nullptr;  // null: the clean row
  /// The scenarios that its runs take turns in: one for a bug; for the clean node one for each
  /// setting of the bugs.
  std::vector<SuiteCase> variants;
  std::vector<base::Json> parameters;  // of each variant
  std::string impossible;              // why there is no variant

  /// "no-dedup/directed": what the ids of its runs begin with.
  [[nodiscard]] std::string id() const { return bug + "/" + strategy; }
  /// The scenario of the run with this number, from 1.
  [[nodiscard]] const SuiteCase& variant(std::uint64_t number) const {
    return variants[static_cast<std::size_t>((number - 1) % variants.size())];
  }
};

/// The id of the cell that a run belongs to: "no-dedup/directed" of "no-dedup/directed/3".
[[nodiscard]] std::string cell_id(const std::string& run_id);
/// The cell of a run; null if it is none of these.
[[nodiscard]] const ScoreCell* find_cell(const std::vector<ScoreCell>& cells,
                                         const std::string& run_id);

/// Whether a strategy is a mixture: its faults are drawn from several strategies.
[[nodiscard]] bool is_mixture(const std::string& strategy);

/// Returns a bug's directed scenario; nothing if it has none. Error: the file is wrong.
using FindDirected = std::function<base::Result<std::optional<Scenario>>(const std::string& bug)>;

/// Returns the cells, bug by bug and the clean row last. `bugs` must outlive them. Error: a
/// directed scenario is wrong, or a strategy is unknown.
[[nodiscard]] base::Result<std::vector<ScoreCell>> plan_cells(
    const std::vector<ScoredBug>& bugs, const std::vector<std::string>& strategies,
    base::Duration time_limit, const FindDirected& find_directed);

/// Whether a run belongs to a cell, whichever revision it ran: same bug, strategy and settings.
[[nodiscard]] bool belongs(const LedgerRun& run, const ScoreCell& cell);

/// Fills the matrix from a ledger. A run of another revision or with other settings than today's
/// is older, and does not count; `all_revisions` counts those of other revisions.
[[nodiscard]] Matrix fill_matrix(const std::vector<ScoreCell>& cells, const Ledger& ledger,
                                 const std::string& revision, bool all_revisions);

}  // namespace capsize::harness

// The runs of a score in the order in which they begin: which cell is next (choice.h), and with
// which number and seed.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/score/baseline.h"
#include "harness/score/cells.h"
#include "harness/score/choice.h"
#include "harness/suite/ledger.h"
#include "harness/suite/suite_plan.h"

namespace capsize::harness {

struct QueueOptions {
  Extent extent;
  std::uint64_t seed = 0;
  std::string revision;        // whose runs count
  bool all_revisions = false;  // those of other revisions count, too
  std::vector<BaselineCell> baseline;
};

class ScoreQueue {
 public:
  /// Whether a run of this length fits into what is left of the budget.
  using Fits = std::function<bool(double seconds)>;

  /// Continues after the runs of a ledger. `cells` must outlive this object.
  ScoreQueue(const std::vector<ScoreCell>& cells, const QueueOptions& options,
             const Ledger& ledger);

  /// Returns the next run, and counts it as running; nothing if no cell needs one that fits.
  [[nodiscard]] std::optional<PlannedRun> next(const Fits& fits);
  /// A run that next() returned has finished.
  void finished(const LedgerRun& run);
  /// A run that next() returned ended without a verdict. Its number is not used again.
  void lost(const std::string& id);

  /// The longest run of its cell so far, or its load and what start and checks usually take.
  [[nodiscard]] double expected_seconds(const PlannedRun& run) const;

 private:
  struct Used {
    std::uint64_t numbers = 0;  // the largest number
    std::set<std::uint64_t> seeds;
    double longest_s = 0;
  };

  [[nodiscard]] std::optional<std::size_t> index_of(const std::string& run_id) const;
  void note_used(const std::string& run_id, std::uint64_t seed);
  void count(std::size_t index, const LedgerRun& run);
  [[nodiscard]] double expected_seconds(std::size_t index) const;

  const std::vector<ScoreCell>& cells_;
  QueueOptions options_;
  std::vector<CellState> states_;  // as cells_
  std::vector<Used> used_;         // as cells_
  std::map<std::string, std::size_t> index_;
  std::vector<std::size_t> order_;
};

/// The seed of a ledger's first score: later calls that name none use it, so that one seed gives
/// all runs. Nothing: there is no score in it.
[[nodiscard]] std::optional<std::uint64_t> score_seed(const Ledger& ledger);

/// Returns the runs that a call would execute, one at a time, if none was caught and each took as
/// long as is expected. At most `max`.
[[nodiscard]] std::vector<PlannedRun> plan_score(const std::vector<ScoreCell>& cells,
                                                 const QueueOptions& options, const Ledger& ledger,
                                                 std::optional<double> budget_s, std::size_t max);

}  // namespace capsize::harness

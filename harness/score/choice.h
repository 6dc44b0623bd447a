// Which cell of the matrix runs next.
//
// What a baseline still needs comes first, then three runs of every directed cell, then three of
// every mixture, then always the cell whose interval is widest. Equal cells are ordered by the
// seed, so that a call that is cut short does not always leave the same cells.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "harness/score/cells.h"

namespace capsize::harness {

/// Runs that a directed cell and a mixture get before any interval is narrowed.
inline constexpr std::uint64_t kFirstRuns = 3;

/// What the choice knows about a cell.
struct CellState {
  std::uint64_t caught = 0;
  std::uint64_t counted = 0;
  std::uint64_t running = 0;
  /// Runs of this call that did not count. Together with `counted_now` it takes a cell out whose
  /// runs never count, and which would otherwise always keep the widest interval.
  std::uint64_t uncounted_now = 0;
  std::uint64_t counted_now = 0;
  std::uint64_t first_runs = kFirstRuns;
  std::uint64_t baseline_runs = 0;  // needed to compare with the baseline; 0: none
  unsigned tier = 2;                // 0 directed, 1 mixture, 2 another strategy
  bool possible = true;             // there is a scenario, and its run fits into the budget
};

/// The state of a cell without runs.
[[nodiscard]] CellState initial_state(const ScoreCell& cell);

/// How many runs a call executes.
struct Extent {
  std::optional<std::uint64_t> runs;  // of each cell; missing: until the budget is used up
  bool only_baseline = false;         // stop when the baseline needs no more runs
};

/// The order of equal cells: a permutation that follows from the seed.
[[nodiscard]] std::vector<std::size_t> cell_order(std::size_t cells, std::uint64_t seed);

/// Returns the index of the cell that runs next; nothing if no cell needs a run.
[[nodiscard]] std::optional<std::size_t> choose_cell(const std::vector<CellState>& cells,
                                                     const std::vector<std::size_t>& order,
                                                     const Extent& extent);

}  // namespace capsize::harness

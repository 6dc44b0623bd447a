#include "harness/score/choice.h"

#include <algorithm>
#include <numeric>

#include "base/check.h"
#include "base/prng.h"

namespace capsize::harness {
namespace {

/// After this many runs that did not count and none that did, a cell gets no more in this call.
constexpr std::uint64_t kUncountedMax = 3;

std::uint64_t expected_runs(const CellState& cell) {
  return cell.counted + cell.running;
}

bool is_open(const CellState& cell) {
  return cell.possible && (cell.counted_now > 0 || cell.uncounted_now < kUncountedMax);
}

/// The runs that are needed before any interval is narrowed.
std::uint64_t first_runs(const CellState& cell, const Extent& extent) {
  return extent.runs ? std::min(cell.first_runs, *extent.runs) : cell.first_runs;
}

/// As wide as the interval will be if the runs that are running end as most have ended so far.
double expected_width(const CellState& cell) {
  const bool mostly_caught = 2 * cell.caught >= cell.counted && cell.counted > 0;
  const std::uint64_t caught = cell.caught + (mostly_caught ? cell.running : 0);
  return confidence_interval(caught, expected_runs(cell)).width();
}

/// The cell with the fewest runs among those that `needed` says need more.
template <class Needed>
std::optional<std::size_t> fewest_runs(const std::vector<CellState>& cells,
                                       const std::vector<std::size_t>& order, Needed needed) {
  std::optional<std::size_t> best;
  for (const std::size_t index : order) {
    if (!is_open(cells[index]) || expected_runs(cells[index]) >= needed(cells[index])) continue;
    if (!best || expected_runs(cells[index]) < expected_runs(cells[*best])) best = index;
  }
  return best;
}

std::optional<std::size_t> widest(const std::vector<CellState>& cells,
                                  const std::vector<std::size_t>& order, const Extent& extent) {
  std::optional<std::size_t> best;
  double best_width = 0;
  for (const std::size_t index : order) {
    const CellState& cell = cells[index];
    if (!is_open(cell) || (extent.runs && expected_runs(cell) >= *extent.runs)) continue;
    const double width = expected_width(cell);
    if (best && width <= best_width) continue;
    best = index;
    best_width = width;
  }
  return best;
}

}  // namespace

CellState initial_state(const ScoreCell& cell) {
  CellState state{.possible = !cell.variants.empty()};
  state.tier = cell.strategy == kDirected ? 0 : is_mixture(cell.strategy) ? 1 : 2;
  // On the clean row each of the directed scenarios runs at least once.
  if (state.tier == 0) {
    state.first_runs = std::max<std::uint64_t>(kFirstRuns, cell.variants.size());
  }
  return state;
}

std::vector<std::size_t> cell_order(std::size_t cells, std::uint64_t seed) {
  std::vector<std::size_t> order(cells);
  std::iota(order.begin(), order.end(), std::size_t{0});
  base::Prng::stream(seed, "score-order").shuffle(order);
  return order;
}

std::optional<std::size_t> choose_cell(const std::vector<CellState>& cells,
                                       const std::vector<std::size_t>& order,
                                       const Extent& extent) {
  CHECK(order.size() == cells.size(), "the order is one of all cells");
  // A cell of the baseline that was caught needs no further run for the comparison.
  auto chosen = fewest_runs(
      cells, order, [](const CellState& cell) { return cell.caught > 0 ? 0 : cell.baseline_runs; });
  if (chosen || extent.only_baseline) return chosen;
  for (const unsigned tier : {0U, 1U}) {
    chosen = fewest_runs(cells, order, [&](const CellState& cell) {
      return cell.tier == tier ? first_runs(cell, extent) : 0;
    });
    if (chosen) return chosen;
  }
  return widest(cells, order, extent);
}

}  // namespace capsize::harness

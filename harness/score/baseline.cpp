#include "harness/score/baseline.h"

#include <fmt/core.h>

#include <algorithm>

#include "harness/score/choice.h"

namespace capsize::harness {
namespace {

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string describe(const BaselineCell& then, const MatrixCell& now) {
  return fmt::format("{} under {}: caught in {} of {} runs before, now in {} of {}", then.key.first,
                     then.key.second, then.caught, then.runs, now.caught, now.runs());
}

}  // namespace

std::vector<BaselineCell> baseline_cells(const Matrix& baseline,
                                         const std::vector<std::string>& bugs,
                                         const std::vector<std::string>& strategies) {
  std::vector<BaselineCell> cells;
  for (const auto& [key, cell] : baseline.cells) {
    if (cell.caught == 0 || cell.runs() < kFirstRuns) continue;
    if (!has(bugs, key.first) || !has(strategies, key.second)) continue;
    cells.push_back({.key = key,
                     .caught = cell.caught,
                     .runs = cell.runs(),
                     .needed = runs_to_contradict(cell.caught, cell.runs())});
  }
  return cells;
}

Comparison compare(const std::vector<BaselineCell>& baseline, const Matrix& now) {
  Comparison comparison{.compared = baseline.size()};
  for (const auto& then : baseline) {
    const MatrixCell& cell = now.at(then.key.first, then.key.second);
    if (cell.caught > 0) continue;
    std::string line = describe(then, cell);
    if (cell.runs() >= then.needed) {
      comparison.regressions.push_back(std::move(line));
      continue;
    }
    line += fmt::format("; {} are needed to say that it is no longer caught", then.needed);
    if (!cell.impossible.empty()) line += ", and none is possible: " + cell.impossible;
    comparison.undecided.push_back(std::move(line));
  }
  return comparison;
}

}  // namespace capsize::harness

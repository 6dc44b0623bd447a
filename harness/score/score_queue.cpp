#include "harness/score/score_queue.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <chrono>

#include "base/check.h"
#include "base/prng.h"

namespace capsize::harness {
namespace {

/// As the seeds of a suite: short enough to be read aloud.
constexpr std::uint64_t kSeedBound = 1'000'000'000;
/// Start, healing, final reads and checks of a run.
constexpr double kUsualRest = 5;

std::uint64_t number_of(const std::string& run_id) {
  std::uint64_t number = 0;
  const auto slash = run_id.rfind('/');
  if (slash != std::string::npos) {
    std::from_chars(run_id.data() + slash + 1, run_id.data() + run_id.size(), number);
  }
  return number;
}

}  // namespace

ScoreQueue::ScoreQueue(const std::vector<ScoreCell>& cells, const QueueOptions& options,
                       const Ledger& ledger)
    : cells_(cells), options_(options), order_(cell_order(cells.size(), options.seed)) {
  used_.resize(cells.size());
  for (std::size_t i = 0; i < cells.size(); ++i) {
    states_.push_back(initial_state(cells[i]));
    index_[cells[i].id()] = i;
  }
  for (const auto& cell : options.baseline) {
    const auto index = index_.find(cell.key.first + "/" + cell.key.second);
    if (index != index_.end()) states_[index->second].baseline_runs = cell.needed;
  }
  for (const auto& execution : ledger.executions) {
    for (const auto& run : execution.lost) note_used(run.id, run.seed);
    for (const auto& [id, run] : execution.open) note_used(id, run.seed);
    for (const auto& run : execution.runs) {
      note_used(run.id, run.seed);
      const auto index = index_of(run.id);
      if (!index || !belongs(run, cells[*index])) continue;
      if (options.all_revisions || run.revision == options.revision) count(*index, run);
    }
  }
  // Only runs of this call take a cell out.
  for (auto& state : states_) state.counted_now = state.uncounted_now = 0;
}

std::optional<std::size_t> ScoreQueue::index_of(const std::string& run_id) const {
  const auto found = index_.find(cell_id(run_id));
  if (found == index_.end()) return std::nullopt;
  return found->second;
}

void ScoreQueue::note_used(const std::string& run_id, std::uint64_t seed) {
  const auto index = index_of(run_id);
  if (!index) return;
  Used& used = used_[*index];
  used.numbers = std::max(used.numbers, number_of(run_id));
  used.seeds.insert(seed);
}

void ScoreQueue::count(std::size_t index, const LedgerRun& run) {
  CellState& state = states_[index];
  used_[index].longest_s = std::max(used_[index].longest_s, run.seconds);
  const Catch what = judge_run(run, cells_[index].info).what;
  if (what == Catch::kUncounted) {
    ++state.uncounted_now;
    return;
  }
  ++state.counted;
  ++state.counted_now;
  if (what == Catch::kCaught) ++state.caught;
}

std::optional<PlannedRun> ScoreQueue::next(const Fits& fits) {
  std::vector<CellState> candidates = states_;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    candidates[i].possible = candidates[i].possible && fits(expected_seconds(i));
  }
  const auto index = choose_cell(candidates, order_, options_.extent);
  if (!index) return std::nullopt;
  const ScoreCell& cell = cells_[*index];
  Used& used = used_[*index];
  ++states_[*index].running;
  // A seed that another call drew, from another seed, is skipped together with its number.
  while (true) {
    const std::uint64_t number = ++used.numbers;
    const std::uint64_t seed =
        base::Prng::stream(options_.seed, cell.id(), number).below(kSeedBound);
    if (!used.seeds.insert(seed).second) continue;
    return PlannedRun{&cell.variant(number), fmt::format("{}/{}", cell.id(), number), seed};
  }
}

void ScoreQueue::finished(const LedgerRun& run) {
  const auto index = index_of(run.id);
  CHECK(index && states_[*index].running > 0, "a run that finishes was started");
  --states_[*index].running;
  count(*index, run);
}

void ScoreQueue::lost(const std::string& id) {
  const auto index = index_of(id);
  CHECK(index && states_[*index].running > 0, "a run that is lost was started");
  --states_[*index].running;
}

double ScoreQueue::expected_seconds(std::size_t index) const {
  const double longest = used_[index].longest_s;
  if (longest > 0 || cells_[index].variants.empty()) return longest;
  const base::Duration load = cells_[index].variant(used_[index].numbers + 1).scenario.time_limit;
  return std::chrono::duration<double>(load).count() + kUsualRest;
}

double ScoreQueue::expected_seconds(const PlannedRun& run) const {
  const auto index = index_of(run.id);
  return index ? expected_seconds(*index) : 0;
}

std::optional<std::uint64_t> score_seed(const Ledger& ledger) {
  for (const auto& execution : ledger.executions) {
    if (execution.suite == kScoreSuite) return execution.seed;
  }
  return std::nullopt;
}

std::vector<PlannedRun> plan_score(const std::vector<ScoreCell>& cells, const QueueOptions& options,
                                   const Ledger& ledger, std::optional<double> budget_s,
                                   std::size_t max) {
  ScoreQueue queue(cells, options, ledger);
  std::vector<PlannedRun> runs;
  double elapsed = 0;
  while (runs.size() < max) {
    const auto run =
        queue.next([&](double seconds) { return !budget_s || elapsed + seconds <= *budget_s; });
    if (!run) break;
    elapsed += queue.expected_seconds(*run);
    // As if it had finished and missed the bug.
    queue.finished({.id = run->id, .verdict = checker::Verdict::kValid});
    runs.push_back(*run);
  }
  return runs;
}

}  // namespace capsize::harness

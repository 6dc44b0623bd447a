#include "harness/score/cells.h"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "base/check.h"
#include "harness/scenario/key_values.h"
#include "nemesis/plan/schedule.h"
#include "nemesis/plan/strategy.h"

namespace capsize::harness {
namespace {

constexpr std::size_t kReasonsMax = 3;

/// The strategies that change the membership: they run only if they are named.
std::vector<std::string> membership_strategies() {
  std::vector<std::string> names;
  for (const auto& strategy : nemesis::Strategies::instance().all()) {
    if (strategy->spares() > 0) names.emplace_back(strategy->name());
  }
  return names;
}

/// A strategy in the setting of a directed scenario: with its keys of the system and of the load.
/// Those of its faults and checks are about its phases: a bound on outages, for instance, that
/// holds while one node is paused would be a false alarm under a mixture that pauses a majority.
Scenario with_strategy(const Scenario& directed, const std::string& strategy,
                       base::Duration time_limit) {
  Scenario scenario = default_scenario();
  for (const auto& key : kScenarioKeys) {
    if (key.group != KeyGroup::kSystem && key.group != KeyGroup::kLoad) continue;
    const auto invalid = set_member(scenario, key, value_of(directed, key));
    CHECK(!invalid, "a value of a valid scenario is valid in another one");
  }
  scenario.time_limit = time_limit;
  scenario.nemesis = parse_nemesis(strategy);
  if (spares_of(directed) > 0 && is_mixture(strategy)) {
    for (auto& name : membership_strategies()) scenario.nemesis.push_back(std::move(name));
  }
  return scenario;
}

/// The scenario of a bug under a strategy; nothing if the bug has no directed scenario.
std::optional<Scenario> scenario_of(const std::optional<Scenario>& directed,
                                    const std::string& strategy, base::Duration time_limit) {
  if (strategy == kDirected) return directed;
  return with_strategy(directed.value_or(default_scenario()), strategy, time_limit);
}

void add_variant(ScoreCell& cell, Scenario scenario, std::string name, const std::string& bug) {
  scenario.bug = bug;
  scenario.name = std::move(name);
  scenario.seed.reset();
  if (const auto valid = validate(scenario); !valid) {
    cell.impossible = valid.error().message;
    return;
  }
  // Bugs with one setting share it on the clean row.
  base::Json parameters = parameters_of(scenario);
  const auto known = std::find(cell.parameters.begin(), cell.parameters.end(), parameters);
  if (known != cell.parameters.end()) return;
  cell.parameters.push_back(std::move(parameters));
  cell.variants.push_back(
      {.scenario = std::move(scenario),
       .purpose = bug.empty() ? Purpose::kHealthyControl : Purpose::kBugControl});
}

base::Status check_strategies(const std::vector<std::string>& strategies) {
  for (const auto& name : strategies) {
    if (name == kDirected || is_mixture(name) || nemesis::find_fault_plan(name)) continue;
    return base::Error{fmt::format(
        "--strategies: found '{}', expected directed, default, all, each, or one of: {}", name,
        nemesis::known_names())};
  }
  return {};
}

void add_reason(MatrixCell& cell, const std::string& reason) {
  if (reason.empty() || cell.reasons.size() >= kReasonsMax) return;
  if (std::find(cell.reasons.begin(), cell.reasons.end(), reason) != cell.reasons.end()) return;
  cell.reasons.push_back(reason);
}

/// Collects the runs of one cell.
class CellCollector {
 public:
  explicit CellCollector(const ScoreCell& of) : of_(of) { cell_.impossible = of.impossible; }

  void add(const LedgerRun& run, bool files_are_kept) {
    const Judgement judgement = judge_run(run, of_.info);
    switch (judgement.what) {
      case Catch::kCaught:
        add_caught(run, judgement.failure, files_are_kept);
        break;
      case Catch::kMissed:
        ++cell_.missed;
        break;
      case Catch::kOtherwise:
        ++cell_.otherwise;
        add_reason(cell_, run.failures.empty() ? run.reason
                                               : report_of(run.failures.front()) + ": " +
                                                     run.failures.front().sentence);
        break;
      case Catch::kUncounted:
        ++cell_.uncounted[std::string(checker::name(run.verdict))];
        add_reason(cell_, run.reason);
        break;
    }
  }

  [[nodiscard]] MatrixCell take() {
    cell_.detection_s = median(std::move(detections_));
    cell_.run_s = median(std::move(lengths_));
    return std::move(cell_);
  }

 private:
  void add_caught(const LedgerRun& run, const RunFailure* failure, bool files_are_kept) {
    ++cell_.caught;
    lengths_.push_back(run.seconds);
    if (files_are_kept) cell_.example = run.path;
    if (failure == nullptr) return;
    ++cell_.reports[report_of(*failure)];
    if (failure->at_ms) detections_.push_back(static_cast<double>(*failure->at_ms) / 1e3);
  }

  const ScoreCell& of_;
  MatrixCell cell_;
  std::vector<double> detections_;
  std::vector<double> lengths_;
};

}  // namespace

std::string cell_id(const std::string& run_id) {
  return run_id.substr(0, run_id.rfind('/'));
}

const ScoreCell* find_cell(const std::vector<ScoreCell>& cells, const std::string& run_id) {
  const std::string id = cell_id(run_id);
  const auto found = std::find_if(cells.begin(), cells.end(),
                                  [&](const ScoreCell& cell) { return cell.id() == id; });
  return found == cells.end() ? nullptr : &*found;
}

bool is_mixture(const std::string& strategy) {
  return strategy == kSwarm || strategy == "default";
}

base::Result<std::vector<ScoreCell>> plan_cells(const std::vector<ScoredBug>& bugs,
                                                const std::vector<std::string>& strategies,
                                                base::Duration time_limit,
                                                const FindDirected& find_directed) {
  if (auto known = check_strategies(strategies); !known) return known.error();
  std::vector<ScoreCell> cells;
  std::vector<ScoreCell> clean;
  for (const auto& strategy : strategies) {
    clean.push_back({.bug = kCleanRow,
                     .strategy = strategy,
                     .variants = {},
                     .parameters = {},
                     .impossible = {}});
  }
  for (const auto& bug : bugs) {
    const auto directed = find_directed(bug.name);
    if (!directed) return directed.error();
    for (std::size_t column = 0; column < strategies.size(); ++column) {
      const auto& strategy = strategies[column];
      ScoreCell cell{.bug = bug.name,
                     .strategy = strategy,
                     .info = &bug,
                     .variants = {},
                     .parameters = {},
                     .impossible = {}};
      const auto scenario = scenario_of(directed.value(), strategy, time_limit);
      if (scenario) {
        add_variant(cell, *scenario, fmt::format("score-{}-{}", bug.name, strategy), bug.name);
        add_variant(clean[column], *scenario,
                    fmt::format("score-{}-{}-{}", kCleanRow, strategy, bug.name), "");
      } else {
        cell.impossible = "the bug has no directed scenario";
      }
      cells.push_back(std::move(cell));
    }
  }
  for (auto& cell : clean) {
    if (!cell.variants.empty()) cell.impossible.clear();
    cells.push_back(std::move(cell));
  }
  return cells;
}

bool belongs(const LedgerRun& run, const ScoreCell& cell) {
  if (cell_id(run.id) != cell.id()) return false;
  return std::find(cell.parameters.begin(), cell.parameters.end(), run.parameters) !=
         cell.parameters.end();
}

Matrix fill_matrix(const std::vector<ScoreCell>& cells, const Ledger& ledger,
                   const std::string& revision, bool all_revisions) {
  Matrix matrix{.revision = revision, .all_revisions = all_revisions};
  std::map<std::string, std::pair<const ScoreCell*, CellCollector>> by_id;
  for (const auto& cell : cells) {
    by_id.emplace(cell.id(), std::pair(&cell, CellCollector(cell)));
    if (std::find(matrix.strategies.begin(), matrix.strategies.end(), cell.strategy) ==
        matrix.strategies.end()) {
      matrix.strategies.push_back(cell.strategy);
    }
    const bool is_new =
        cell.info != nullptr && (matrix.bugs.empty() || matrix.bugs.back().name != cell.bug);
    if (is_new) matrix.bugs.push_back(*cell.info);
  }
  for (const auto& execution : ledger.executions) {
    for (const auto& run : execution.runs) {
      const auto found = by_id.find(cell_id(run.id));
      if (found == by_id.end()) continue;  // of a bug or strategy that was not asked for
      auto& [cell, collector] = found->second;
      if (!belongs(run, *cell) || (!all_revisions && run.revision != revision)) {
        ++matrix.older;
      } else {
        collector.add(run, !ledger.reduced.contains(run.path));
      }
    }
  }
  for (auto& [id, found] : by_id) {
    matrix.cells.emplace(CellKey(found.first->bug, found.first->strategy), found.second.take());
  }
  return matrix;
}

}  // namespace capsize::harness

#include "harness/score/score_runner.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "harness/store/run_directory.h"
#include "harness/suite/adopt.h"
#include "harness/suite/execution_loop.h"
#include "harness/suite/ledger_writer.h"
#include "harness/suite/local_engine.h"
#include "harness/suite/retention.h"
#include "harness/suite/run_process.h"

namespace capsize::harness {
namespace fs = std::filesystem;
namespace {

class ScoreRunner final : public RunPolicy {
 public:
  ScoreRunner(const std::vector<ScoreCell>& cells, const ScoreOptions& options,
              SuiteObserver& observer, LedgerWriter& writer, Ledger ledger)
      : cells_(cells),
        options_(options),
        engine_(options.program, options.store, options.jobs),
        observer_(observer),
        writer_(writer),
        ledger_(std::move(ledger)) {}

  base::Result<ScoreEnd> run() {
    if (auto settled = settle_open(); !settled) return settled.error();
    if (auto begun = begin(); !begun) return begun.error();
    loop_.emplace(execution_, options_.store, engine_, writer_, *this);
    if (auto done = loop_->run(); !done) return done.error();
    ledger_.executions.push_back(std::move(execution_));
    return ScoreEnd{std::move(ledger_), loop_->interrupted()};
  }

  void begun() override { observer_.begun(execution_, ledger_, !ledger_.executions.empty()); }

  std::optional<PlannedRun> next_run(const std::vector<const PlannedRun*>& /*running*/) override {
    return queue_->next([this](double seconds) {
      return !execution_.budget_seconds || loop_->elapsed() + seconds <= *execution_.budget_seconds;
    });
  }

  [[nodiscard]] base::Duration deadline_of(const PlannedRun& run) const override {
    return default_deadline(run.of->scenario);
  }

  base::Status recorded(const LedgerRun& run) override {
    queue_->finished(run);
    if (auto retained = retain(execution_.id, run); !retained) return retained;
    observer_.finished(execution_);
    return {};
  }

  void lost(const PlannedRun& /*planned*/, const LostRun& run) override { queue_->lost(run.id); }

  void note(const std::string& text) override { observer_.note(text); }

  void progress(const SuiteProgress& progress) override {
    observer_.progress(execution_, progress);
  }

 private:
  // Beginning.

  /// The runs that were running when an earlier call was killed: with results they have finished,
  /// without they are lost.
  base::Status settle_open() {
    for (auto& execution : ledger_.executions) {
      for (const auto& [id, run] : std::exchange(execution.open, {})) {
        if (find_cell(cells_, id) == nullptr) {  // a later call that asks for the cell settles it
          execution.open[id] = run;
          continue;
        }
        auto finished = adopt_run(execution, run);
        const base::Status written =
            finished ? writer_.finish(execution.id, *finished) : writer_.lose(execution.id, run);
        if (!written) return written;
        if (finished) {
          execution.runs.push_back(std::move(*finished));
        } else {
          execution.lost.push_back(run);
        }
      }
    }
    return {};
  }

  [[nodiscard]] std::optional<LedgerRun> adopt_run(const Execution& execution,
                                                   const LostRun& run) const {
    const auto planned = find_planned(run);
    if (!planned) return std::nullopt;
    auto finished = adopt(*planned, run, options_.store);
    if (finished) {
      finished->revision = execution.revision;
      finished->at = execution.seconds;
    }
    return finished;
  }

  /// The plan of a run that an earlier call began. Its parameters are those of its cell today: its
  /// scenario.json says whether that is true.
  [[nodiscard]] std::optional<PlannedRun> find_planned(const LostRun& run) const {
    const auto scenario = read_scenario(options_.store / run.path / kScenarioFile);
    const ScoreCell* cell = find_cell(cells_, run.id);
    if (!scenario || cell == nullptr) return std::nullopt;
    for (const auto& variant : cell->variants) {
      Scenario executed = scenario.value();
      // The run itself adds the expectations that follow from its plan.
      if (!variant.scenario.expect) executed.expect.reset();
      if (parameters_of(variant.scenario) == parameters_of(executed)) {
        return PlannedRun{&variant, run.id, run.seed};
      }
    }
    return std::nullopt;
  }

  base::Status begin() {
    execution_ = new_execution();
    execution_.suite = kScoreSuite;
    execution_.revision = options_.queue.revision;
    execution_.seed = options_.queue.seed;
    execution_.shard = Shard().text();
    execution_.jobs = options_.jobs;
    if (options_.budget) {
      execution_.budget_seconds = std::chrono::duration<double>(*options_.budget).count();
    }
    queue_.emplace(cells_, options_.queue, ledger_);
    // Also what a call that was killed had not removed yet. The newest example stays.
    for (auto each = ledger_.executions.rbegin(); each != ledger_.executions.rend(); ++each) {
      for (auto run = each->runs.rbegin(); run != each->runs.rend(); ++run) {
        if (auto retained = retain(each->id, *run); !retained) return retained;
      }
    }
    return writer_.begin(execution_);
  }

  // What stays on the disk: all files of one caught run and of one that was invalid otherwise for
  // each cell, and of every false alarm; the evidence of the others, and nothing of further caught
  // runs.

  base::Status retain(const std::string& execution, const LedgerRun& run) {
    const ScoreCell* cell = find_cell(cells_, run.id);
    if (cell == nullptr || ledger_.reduced.contains(run.path)) return {};
    const Catch what = judge_run(run, cell->info).what;
    if (what == Catch::kCaught && cell->info == nullptr) return {};
    const bool is_example = what == Catch::kCaught || what == Catch::kOtherwise;
    if (is_example && examples_.emplace(cell->id(), what).second) return {};
    if (what != Catch::kCaught) {
      reduce_to_evidence(options_.store, run.path);
      return {};
    }
    remove_run(options_.store, run.path);
    ledger_.reduced.insert(run.path);
    return writer_.reduce(execution, run.path);
  }

  const std::vector<ScoreCell>& cells_;
  const ScoreOptions& options_;
  LocalEngine engine_;
  SuiteObserver& observer_;
  LedgerWriter& writer_;
  Ledger ledger_;  // the executions before this one
  Execution execution_;
  std::optional<ScoreQueue> queue_;
  std::set<std::pair<std::string, Catch>> examples_;  // cells that have one on the disk
  std::optional<ExecutionLoop> loop_;
};

}  // namespace

base::Result<ScoreEnd> run_score(const std::vector<ScoreCell>& cells, const ScoreOptions& options,
                                 SuiteObserver& observer) {
  auto writer = LedgerWriter::open_file(options.ledger);
  if (!writer) return writer.error();
  auto ledger = read_ledger(options.ledger);
  if (!ledger) return ledger.error();
  return ScoreRunner(cells, options, observer, writer.value(), std::move(ledger).value()).run();
}

}  // namespace capsize::harness

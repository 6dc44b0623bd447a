#include "harness/score/score_runner.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include "harness/run/signals.h"
#include "harness/store/run_directory.h"
#include "harness/store/stored_runs.h"
#include "harness/suite/adopt.h"
#include "harness/suite/ledger_writer.h"
#include "harness/suite/retention.h"
#include "harness/suite/run_process.h"
#include "harness/suite/run_result.h"

namespace capsize::harness {
namespace fs = std::filesystem;
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr base::Duration kPollStep = 10ms;
constexpr auto kShowInterval = 200ms;

class ScoreRunner {
 public:
  ScoreRunner(const std::vector<ScoreCell>& cells, const ScoreOptions& options,
              SuiteObserver& observer, LedgerWriter& writer, Ledger ledger)
      : cells_(cells),
        options_(options),
        observer_(observer),
        writer_(writer),
        ledger_(std::move(ledger)) {}

  base::Result<ScoreEnd> run() {
    if (auto settled = settle_open(); !settled) return settled.error();
    if (auto begun = begin(); !begun) return begun.error();
    SignalGuard signals;
    observer_.begun(execution_, ledger_, !ledger_.executions.empty());
    while (true) {
      if (auto started = start_runs(); !started) return started.error();
      if (running_.empty()) break;
      if (signals.wait(kPollStep)) interrupt();
      if (auto polled = poll_runs(); !polled) return polled.error();
      show_progress();
    }
    return end();
  }

 private:
  // Beginning.

  /// The runs that were running when an earlier call was killed: with results they have finished,
  /// without they are lost.
  base::Status settle_open() {
    for (auto& execution : ledger_.executions) {
      for (const auto& [id, run] : std::exchange(execution.open, {})) {
        if (!is_asked_for(id)) {  // a later call that asks for the cell settles it
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

  [[nodiscard]] bool is_asked_for(const std::string& run_id) const {
    const std::string id = run_id.substr(0, run_id.rfind('/'));
    return std::any_of(cells_.begin(), cells_.end(),
                       [&](const ScoreCell& cell) { return cell.id() == id; });
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
    if (!scenario) return std::nullopt;
    const std::string id = run.id.substr(0, run.id.rfind('/'));
    for (const auto& cell : cells_) {
      if (cell.id() != id) continue;
      for (const auto& variant : cell.variants) {
        if (parameters_of(variant.scenario) == parameters_of(scenario.value())) {
          return PlannedRun{&variant, run.id, run.seed};
        }
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

  // Starting and polling.

  [[nodiscard]] bool fits(double seconds) const {
    return !execution_.budget_seconds || elapsed() + seconds <= *execution_.budget_seconds;
  }

  base::Status start_runs() {
    while (!stopping_ && running_.size() < options_.jobs) {
      if (!has_room(options_.store)) {
        stop("disk-full",
             fmt::format("less than 256 MiB are free for {}", options_.store.string()));
        break;
      }
      const auto run = queue_->next([this](double seconds) { return fits(seconds); });
      if (!run) break;
      if (auto started = start(*run); !started) return started;
    }
    return {};
  }

  base::Status start(const PlannedRun& planned) {
    const Scenario& scenario = planned.of->scenario;
    const auto created = RunDirectory::create(options_.store, scenario.name, planned.seed);
    if (const auto* failed = std::get_if<InfrastructureCause>(&created)) {
      queue_->lost(planned.id);
      stop(std::string(name(failed->kind)), failed->text);
      return {};
    }
    const fs::path& directory = std::get<RunDirectory>(created).path();
    const std::string path =
        directory.lexically_relative(fs::absolute(options_.store).lexically_normal()).string();
    const LostRun begun{.id = planned.id, .seed = planned.seed, .path = path};
    if (auto written = writer_.start(execution_.id, begun); !written) return written;
    auto process = RunProcess::start(planned, {.program = options_.program,
                                               .store = options_.store,
                                               .directory = directory,
                                               .path = path,
                                               .deadline = default_deadline(scenario)});
    if (process) {
      running_.push_back(std::move(process).value());
      return {};
    }
    LedgerRun broken = without_result(planned, "start", process.error().message);
    broken.path = path;
    return record(std::move(broken));
  }

  base::Status poll_runs() {
    for (std::size_t i = 0; i < running_.size();) {
      auto ended = running_[i].poll();
      if (!ended) {
        ++i;
        continue;
      }
      const LostRun begun{.id = running_[i].planned().id,
                          .seed = running_[i].planned().seed,
                          .path = running_[i].place().path};
      running_.erase(running_.begin() + static_cast<std::ptrdiff_t>(i));
      const base::Status written = ended->interrupted ? lose(begun) : record(std::move(ended->run));
      if (!written) return written;
    }
    return {};
  }

  base::Status lose(const LostRun& run) {
    queue_->lost(run.id);
    execution_.lost.push_back(run);
    return writer_.lose(execution_.id, run);
  }

  base::Status record(LedgerRun run) {
    run.revision = execution_.revision;
    run.at = elapsed();
    if (auto written = writer_.finish(execution_.id, run); !written) return written;
    queue_->finished(run);
    execution_.runs.push_back(std::move(run));
    execution_.seconds = elapsed();
    const LedgerRun& recorded = execution_.runs.back();
    if (auto retained = retain(execution_.id, recorded); !retained) return retained;
    observer_.finished(execution_);
    harness_errors_ = recorded.verdict == checker::Verdict::kHarnessError ? harness_errors_ + 1 : 0;
    if (harness_errors_ >= kHarnessErrorsMax) {
      stop("harness-errors", fmt::format("{} runs in a row ended in harness errors, the last: {}",
                                         harness_errors_, recorded.reason));
    }
    return {};
  }

  // What stays on the disk: all files of one caught run and of one that was invalid otherwise for
  // each cell, and of every false alarm; the evidence of the others, and nothing of further caught
  // runs.

  base::Status retain(const std::string& execution, const LedgerRun& run) {
    const ScoreCell* cell = queue_->cell_of(run.id);
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

  // Stopping.

  /// Starts no further run; those that are running end as usual.
  void stop(const std::string& cause, const std::string& reason) {
    if (stopping_) return;
    stopping_ = true;
    execution_.early_cause = cause;
    execution_.ended_early = reason;
  }

  void interrupt() {
    const bool again = interrupted_;
    interrupted_ = true;
    stopping_ = true;
    execution_.early_cause = "interrupted";
    execution_.ended_early = "interrupted by a signal";
    for (auto& run : running_) again ? run.kill() : run.interrupt();
  }

  void show_progress() {
    if (Clock::now() - shown_ < kShowInterval) return;
    shown_ = Clock::now();
    SuiteProgress progress{.running = {}, .seconds = elapsed(), .stopping = stopping_};
    for (const auto& run : running_) {
      progress.running.push_back({run.planned().id, run.planned().seed, run.seconds()});
    }
    observer_.progress(execution_, progress);
  }

  [[nodiscard]] double elapsed() const {
    return std::chrono::duration<double>(Clock::now() - started_).count();
  }

  base::Result<ScoreEnd> end() {
    execution_.seconds = elapsed();
    if (auto written = writer_.end(execution_); !written) return written.error();
    execution_.ended = execution_.ended_early.empty();
    finish_removals(options_.store);
    ledger_.executions.push_back(std::move(execution_));
    return ScoreEnd{std::move(ledger_), interrupted_};
  }

  const std::vector<ScoreCell>& cells_;
  const ScoreOptions& options_;
  SuiteObserver& observer_;
  LedgerWriter& writer_;
  Ledger ledger_;  // the executions before this one
  Execution execution_;
  std::optional<ScoreQueue> queue_;
  std::set<std::pair<std::string, Catch>> examples_;  // cells that have one on the disk
  std::vector<RunProcess> running_;
  Clock::time_point started_ = Clock::now();
  Clock::time_point shown_{};
  std::size_t harness_errors_ = 0;
  bool stopping_ = false;
  bool interrupted_ = false;
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

#include "harness/suite/suite_runner.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/check.h"
#include "harness/suite/adopt.h"
#include "harness/suite/execution_loop.h"
#include "harness/suite/ledger_writer.h"
#include "harness/suite/repeats.h"
#include "harness/suite/retention.h"
#include "harness/suite/run_process.h"
#include "harness/suite/run_queue.h"

namespace capsize::harness {
namespace fs = std::filesystem;
namespace {

using checker::Verdict;

double seconds(base::Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

/// Whether an execution that was cut short by this can be continued: it has nothing to do with its
/// runs.
bool is_resumable(std::string_view cause) {
  return cause == "interrupted" || cause == "engine" || cause == "lost";
}

class SuiteRunner final : public RunPolicy {
 public:
  SuiteRunner(const Suite& suite, const SuiteOptions& options, Engine& engine,
              SuiteObserver& observer, LedgerWriter& writer, Ledger ledger)
      : suite_(suite),
        options_(options),
        engine_(engine),
        observer_(observer),
        writer_(writer),
        ledger_(std::move(ledger)) {}

  base::Result<SuiteEnd> run() {
    const auto prepared = can_continue() ? continue_last() : begin_new();
    if (!prepared) return prepared.error();
    retention_.emplace(options_.store, suite_.keep, suite_.quota_bytes, ledger_);
    for (const auto& run : execution_.runs) {
      if (auto retained = retain(run); !retained) return retained.error();
    }
    loop_.emplace(execution_, options_.store, engine_, writer_, *this);
    if (auto done = loop_->run(); !done) return done.error();
    if (!confirm_written_) return confirm_written_.error();
    return SuiteEnd{std::move(execution_), std::move(ledger_), loop_->interrupted()};
  }

  void begun() override {
    observer_.begun(execution_, ledger_, !execution_.runs.empty() || !execution_.lost.empty());
  }

  std::optional<PlannedRun> next_run(const std::vector<const PlannedRun*>& running) override {
    if (!execution_.repeats_from) {
      auto planned =
          queue_->next(execution_, running, [this](const PlannedRun& run) { return fits(run); });
      if (planned || !can_repeat() || !running.empty()) return planned;
      // Something of the plan is missing: it comes first, with --resume.
      if (!execution_.ended_early.empty()) return std::nullopt;
      confirm_written_ = writer_.confirm(execution_.id);
      execution_.repeats_from = execution_.runs.size();
    }
    return next_repeat(running);
  }

  [[nodiscard]] base::Duration deadline_of(const PlannedRun& run) const override {
    return suite_.deadline.value_or(default_deadline(run.of->scenario));
  }

  base::Status recorded(const LedgerRun& run) override {
    if (auto retained = retain(run); !retained) return retained;
    observer_.finished(execution_);
    if (run.purpose == Purpose::kTest && run.verdict == Verdict::kInvalid) ++failed_;
    if (options_.stop_after > 0 && failed_ >= options_.stop_after) {
      loop_->stop("stop-after", fmt::format("{} runs have failed (--stop-after)", failed_));
    }
    return {};
  }

  void lost(const PlannedRun& planned, const LostRun& run) override {
    if (loop_->interrupted()) return;
    if (queue_->repeat(planned)) return;
    const std::string reason = fmt::format("run {} was lost {} times", run.id, kLossesMax);
    loop_->leave_out("lost", reason);
    repeats_end_ = true;  // the same repeat would be chosen again
    observer_.note(reason + ", and is not started again");
  }

  void note(const std::string& text) override { observer_.note(text); }

  void progress(const SuiteProgress& progress) override {
    observer_.progress(execution_, progress);
  }

 private:
  // Beginning.

  [[nodiscard]] Execution* last_execution() {
    for (auto each = ledger_.executions.rbegin(); each != ledger_.executions.rend(); ++each) {
      if (each->suite == suite_.name && each->shard == options_.shard.text()) return &*each;
    }
    return nullptr;
  }

  /// Whether the last execution can be continued. Runs of two versions of the suite or of the
  /// system under test must not become one execution; a nightly that is always started with
  /// --resume then begins a new one.
  bool can_continue() {
    const Execution* last = last_execution();
    if (!options_.resume || last == nullptr || last->ended) return false;
    // One that ended early for a reason of its own was meant to end there.
    if (!last->ended_early.empty() && !is_resumable(last->early_cause)) return false;
    const char* changed = last->suite_sum != suite_.sum         ? "the suite"
                          : last->revision != options_.revision ? "the revision"
                          : last->rates != options_.rates       ? "the test of rates"
                          : options_.seed_is_given && last->seed != options_.seed ? "the seed"
                                                                                  : nullptr;
    if (changed == nullptr) return true;
    observer_.note(
        fmt::format("execution {} is not resumed, because {} has changed since; a new one begins",
                    last->id, changed));
    return false;
  }

  base::Status begin_new() {
    execution_ = new_execution();
    execution_.suite = suite_.name;
    execution_.file = suite_.file;
    execution_.suite_sum = suite_.sum;
    execution_.only = options_.only;
    execution_.revision = options_.revision;
    execution_.seed = options_.seed;
    execution_.shard = options_.shard.text();
    execution_.jobs = options_.jobs;
    execution_.rates = options_.rates;
    if (options_.budget) execution_.budget_seconds = seconds(*options_.budget);
    if (auto planned = plan(); !planned) return planned;
    for (const auto& each : suite_.cases) {
      if (each.purpose == Purpose::kTest) execution_.cases.push_back(each.scenario.name);
    }
    return writer_.begin(execution_);
  }

  base::Status continue_last() {
    Execution* last = last_execution();
    CHECK(last != nullptr, "an execution is resumed only if there is one");
    execution_ = std::move(*last);
    ledger_.executions.erase(ledger_.executions.begin() + (last - ledger_.executions.data()));
    execution_.ended_early.clear();
    execution_.early_cause.clear();
    if (auto planned = plan(); !planned) return planned;
    if (auto written = writer_.resume(execution_.id); !written) return written;
    return settle_open();
  }

  /// The runs that had begun when the execution was killed: with results they are finished, without
  /// they are lost, and are repeated.
  base::Status settle_open() {
    const auto open = std::exchange(execution_.open, {});
    for (const auto& [id, run] : open) {
      auto finished = adopt(suite_, run, options_.store);
      if (!finished) {
        execution_.lost.push_back(run);
        if (auto written = writer_.lose(execution_.id, run); !written) return written;
        continue;
      }
      finished->revision = execution_.revision;
      finished->at = execution_.seconds;
      if (auto written = writer_.finish(execution_.id, *finished); !written) return written;
      execution_.runs.push_back(std::move(*finished));
    }
    return {};
  }

  base::Status plan() {
    if (!execution_.only.empty()) {
      auto runs = runs_of_group(suite_, ledger_, execution_.only);
      if (!runs) return base::Error{"--only: " + runs.error().message};
      execution_.planned = runs.value().size();
      queue_.emplace(std::move(runs).value());
      return {};
    }
    queue_.emplace(suite_, execution_.seed, options_.shard, options_.budget.has_value());
    execution_.planned = count_test_runs(suite_, options_.shard);
    return {};
  }

  // Choosing the next run.

  [[nodiscard]] bool can_repeat() const {
    return options_.repeats != nullptr && execution_.rates && execution_.rates->confirm;
  }

  [[nodiscard]] std::optional<PlannedRun> next_repeat(
      const std::vector<const PlannedRun*>& running) const {
    if (!can_repeat() || !confirm_written_ || repeats_end_) return std::nullopt;
    const auto name = options_.repeats->next_case(ledger_, execution_, running);
    return name ? repeat_of(suite_, *name, execution_, running) : std::nullopt;
  }

  [[nodiscard]] bool fits(const PlannedRun& run) const {
    if (!options_.budget) return true;
    return loop_->elapsed() + expected_seconds(*run.of) <= seconds(*options_.budget);
  }

  /// The longest run of the case so far, or its load and what its checks usually take.
  [[nodiscard]] double expected_seconds(const SuiteCase& of) const {
    constexpr double kUsualChecks = 3;
    double longest = 0;
    for (const auto& run : execution_.runs) {
      if (run.case_name == of.scenario.name) longest = std::max(longest, run.seconds);
    }
    return longest > 0 ? longest : seconds(of.scenario.time_limit) + kUsualChecks;
  }

  base::Status retain(const LedgerRun& run) {
    for (const auto& path : retention_->finished(run)) {
      if (auto written = writer_.reduce(execution_.id, path); !written) return written;
    }
    return {};
  }

  const Suite& suite_;
  const SuiteOptions& options_;
  Engine& engine_;
  SuiteObserver& observer_;
  LedgerWriter& writer_;
  Ledger ledger_;  // the executions before this one
  Execution execution_;
  std::optional<Retention> retention_;
  std::optional<RunQueue> queue_;
  std::optional<ExecutionLoop> loop_;
  std::uint64_t failed_ = 0;
  base::Status confirm_written_;
  bool repeats_end_ = false;
};

}  // namespace

SuiteObserver::~SuiteObserver() = default;

base::Result<SuiteEnd> run_suite(const Suite& suite, const SuiteOptions& options, Engine& engine,
                                 SuiteObserver& observer) {
  auto writer = LedgerWriter::open(options.store);
  if (!writer) return writer.error();
  auto ledger = read_ledger(ledger_of(options.store));
  if (!ledger) return ledger.error();
  return SuiteRunner(suite, options, engine, observer, writer.value(), std::move(ledger).value())
      .run();
}

}  // namespace capsize::harness

#include "harness/suite/suite_runner.h"

#include <fmt/core.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "base/check.h"
#include "harness/run/signals.h"
#include "harness/store/run_directory.h"
#include "harness/store/stored_runs.h"
#include "harness/suite/adopt.h"
#include "harness/suite/dates.h"
#include "harness/suite/ledger_writer.h"
#include "harness/suite/retention.h"
#include "harness/suite/run_process.h"
#include "harness/suite/run_queue.h"
#include "harness/suite/run_result.h"

namespace capsize::harness {
namespace fs = std::filesystem;
namespace {

using checker::Verdict;
using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr base::Duration kStep = 10ms;
constexpr auto kProgressInterval = 200ms;
/// A run writes some ten to a hundred MiB; below this, it could not even write its results.
constexpr std::uint64_t kFreeBytesMin = std::uint64_t{256} << 20U;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double seconds(base::Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
}

std::uint64_t free_bytes(const fs::path& path) {
  struct statvfs file_system {};
  if (::statvfs(path.c_str(), &file_system) != 0) return ~std::uint64_t{0};
  return static_cast<std::uint64_t>(file_system.f_bavail) * file_system.f_frsize;
}

class SuiteRunner {
 public:
  SuiteRunner(const Suite& suite, const SuiteOptions& options, SuiteObserver& observer,
              LedgerWriter& writer, Ledger ledger)
      : suite_(suite),
        options_(options),
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
    started_ = Clock::now();
    SignalGuard signals;
    observer_.begun(execution_, ledger_, !execution_.runs.empty() || !execution_.lost.empty());
    while (true) {
      if (auto started = start_runs(); !started) return started.error();
      if (running_.empty()) break;
      if (signals.wait(kStep)) interrupt();
      if (auto polled = poll_runs(); !polled) return polled.error();
      show_progress();
    }
    return end();
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
    // One that ended early for a reason other than an interruption was meant to end there.
    if (!last->ended_early.empty() && last->early_cause != "interrupted") return false;
    const char* changed = last->suite_sum != suite_.sum                           ? "the suite"
                          : last->revision != options_.revision                   ? "the revision"
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
    before_ = execution_.seconds;
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
      const base::Status written = finished ? record(std::move(*finished)) : lose(run);
      if (!written) return written;
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

  std::optional<PlannedRun> next_run() {
    std::vector<const PlannedRun*> running;
    for (const auto& run : running_) running.push_back(&run.planned());
    return queue_->next(execution_, running, [this](const PlannedRun& run) { return fits(run); });
  }

  [[nodiscard]] bool fits(const PlannedRun& run) const {
    if (!options_.budget) return true;
    return elapsed() + expected_seconds(*run.of) <= seconds(*options_.budget);
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

  // Starting, polling, stopping.

  base::Status start_runs() {
    while (!stopping_ && running_.size() < options_.jobs) {
      if (!has_room(options_.store)) {
        stop("disk-full",
             fmt::format("less than 256 MiB are free for {}", options_.store.string()));
        break;
      }
      const auto run = next_run();
      if (!run) break;
      if (auto started = start(*run); !started) return started;
    }
    return {};
  }

  base::Status start(const PlannedRun& planned) {
    const auto created =
        RunDirectory::create(options_.store, planned.of->scenario.name, planned.seed);
    if (const auto* failed = std::get_if<InfrastructureCause>(&created)) {
      stop(std::string(name(failed->kind)), failed->text);
      return {};
    }
    const fs::path& directory = std::get<RunDirectory>(created).path();
    const std::string path =
        directory.lexically_relative(fs::absolute(options_.store).lexically_normal()).string();
    const LostRun begun{.id = planned.id, .seed = planned.seed, .path = path};
    if (auto written = writer_.start(execution_.id, begun); !written) return written;
    auto process = RunProcess::start(
        planned, {.program = options_.program,
                  .store = options_.store,
                  .directory = directory,
                  .path = path,
                  .deadline = suite_.deadline.value_or(default_deadline(planned.of->scenario))});
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
    execution_.lost.push_back(run);
    return writer_.lose(execution_.id, run);
  }

  base::Status record(LedgerRun run) {
    run.revision = execution_.revision;
    run.at = elapsed();
    if (auto written = writer_.finish(execution_.id, run); !written) return written;
    execution_.runs.push_back(std::move(run));
    execution_.seconds = elapsed();
    const LedgerRun& recorded = execution_.runs.back();
    if (retention_) {
      if (auto retained = retain(recorded); !retained) return retained;
      observer_.finished(execution_);
    }
    count_failures(recorded);
    return {};
  }

  base::Status retain(const LedgerRun& run) {
    for (const auto& path : retention_->finished(run)) {
      if (auto written = writer_.reduce(execution_.id, path); !written) return written;
    }
    return {};
  }

  void count_failures(const LedgerRun& run) {
    harness_errors_ = run.verdict == Verdict::kHarnessError ? harness_errors_ + 1 : 0;
    if (harness_errors_ >= kHarnessErrorsMax) {
      stop("harness-errors", fmt::format("{} runs in a row ended in harness errors, the last: {}",
                                         harness_errors_, run.reason));
    }
    if (run.purpose == Purpose::kTest && run.verdict == Verdict::kInvalid) ++failed_;
    if (options_.stop_after > 0 && failed_ >= options_.stop_after) {
      stop("stop-after", fmt::format("{} runs have failed (--stop-after)", failed_));
    }
  }

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
    if (Clock::now() - shown_ < kProgressInterval) return;
    shown_ = Clock::now();
    SuiteProgress progress{.seconds = elapsed(), .stopping = stopping_};
    for (const auto& run : running_) {
      progress.running.push_back({run.planned().id, run.planned().seed, run.seconds()});
    }
    observer_.progress(execution_, progress);
  }

  [[nodiscard]] double elapsed() const {
    return before_ + (started_ ? seconds_since(*started_) : 0);
  }

  base::Result<SuiteEnd> end() {
    execution_.seconds = elapsed();
    if (auto written = writer_.end(execution_); !written) return written.error();
    execution_.ended = execution_.ended_early.empty();
    finish_removals(options_.store);
    return SuiteEnd{std::move(execution_), std::move(ledger_), interrupted_};
  }

  const Suite& suite_;
  const SuiteOptions& options_;
  SuiteObserver& observer_;
  LedgerWriter& writer_;
  Ledger ledger_;  // the executions before this one
  Execution execution_;
  std::optional<Retention> retention_;
  std::optional<RunQueue> queue_;
  std::vector<RunProcess> running_;
  std::optional<Clock::time_point> started_;
  Clock::time_point shown_{};
  double before_ = 0;  // seconds of a resumed execution until it was killed
  std::size_t harness_errors_ = 0;
  std::uint64_t failed_ = 0;
  bool stopping_ = false;
  bool interrupted_ = false;
};

}  // namespace

SuiteObserver::~SuiteObserver() = default;

Execution new_execution() {
  Execution execution;
  execution.id = fmt::format("{}-{}", RunDirectory::time_name(), ::getpid());
  execution.started = utc_now();
  execution.host = host_name();
  return execution;
}

bool has_room(const fs::path& store) {
  return free_bytes(store) >= kFreeBytesMin;
}

base::Result<SuiteEnd> run_suite(const Suite& suite, const SuiteOptions& options,
                                 SuiteObserver& observer) {
  auto writer = LedgerWriter::open(options.store);
  if (!writer) return writer.error();
  auto ledger = read_ledger(ledger_of(options.store));
  if (!ledger) return ledger.error();
  return SuiteRunner(suite, options, observer, writer.value(), std::move(ledger).value()).run();
}

}  // namespace capsize::harness

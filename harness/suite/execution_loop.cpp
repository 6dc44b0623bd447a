#include "harness/suite/execution_loop.h"

#include <fmt/core.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.h"
#include "harness/run/signals.h"
#include "harness/store/run_directory.h"
#include "harness/store/stored_runs.h"
#include "harness/suite/dates.h"

namespace capsize::harness {
namespace fs = std::filesystem;
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr base::Duration kStep = 10ms;
constexpr auto kProgressInterval = 200ms;
/// A run writes some ten to a hundred MiB; below this, it could not even write its results.
constexpr std::uint64_t kFreeBytesMin = std::uint64_t{256} << 20U;

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
}

std::uint64_t free_bytes(const fs::path& path) {
  struct statvfs file_system {};
  if (::statvfs(path.c_str(), &file_system) != 0) return ~std::uint64_t{0};
  return static_cast<std::uint64_t>(file_system.f_bavail) * file_system.f_frsize;
}

}  // namespace

RunPolicy::~RunPolicy() = default;

Execution new_execution() {
  Execution execution;
  execution.id = fmt::format("{}-{}", RunDirectory::time_name(), ::getpid());
  execution.started = utc_now();
  execution.host = host_name();
  return execution;
}

ExecutionLoop::ExecutionLoop(Execution& execution, fs::path store, Engine& engine,
                             LedgerWriter& writer, RunPolicy& policy)
    : execution_(execution),
      store_(std::move(store)),
      engine_(engine),
      writer_(writer),
      policy_(policy),
      before_(execution.seconds) {}

base::Status ExecutionLoop::run() {
  SignalGuard signals;
  policy_.begun();
  while (true) {
    const auto exhausted = start_runs();
    if (!exhausted) return exhausted.error();
    if (running_.empty() && exhausted.value()) break;
    if (signals.wait(kStep)) interrupt();
    if (auto taken = take_ends(); !taken) return taken;
    show_progress();
  }
  execution_.seconds = elapsed();
  if (auto written = writer_.end(execution_); !written) return written;
  execution_.ended = execution_.ended_early.empty();
  finish_removals(store_);
  return {};
}

base::Result<bool> ExecutionLoop::start_runs() {
  // Also without room for a run: whether there is one decides about the end.
  while (!stopping_ && (running_.empty() || running_.size() < engine_.capacity())) {
    if (free_bytes(store_) < kFreeBytesMin) {
      stop("disk-full", fmt::format("less than 256 MiB are free for {}", store_.string()));
      break;
    }
    if (!next_) {
      std::vector<const PlannedRun*> running;
      for (const auto& run : running_) running.push_back(&run.planned);
      next_ = policy_.next_run(running);
    }
    if (!next_) return true;
    if (running_.size() >= engine_.capacity()) break;
    const PlannedRun planned = *std::exchange(next_, std::nullopt);
    if (auto started = start(planned); !started) return started.error();
  }
  return stopping_;
}

base::Status ExecutionLoop::start(const PlannedRun& planned) {
  const auto created = RunDirectory::create(store_, planned.of->scenario.name, planned.seed);
  if (const auto* failed = std::get_if<InfrastructureCause>(&created)) {
    stop(std::string(name(failed->kind)), failed->text);
    return {};
  }
  const fs::path& directory = std::get<RunDirectory>(created).path();
  const LostRun begun{
      .id = planned.id,
      .seed = planned.seed,
      .path = directory.lexically_relative(fs::absolute(store_).lexically_normal()).string(),
      .attempt = attempts(execution_, planned.id) + 1};
  if (auto written = writer_.start(execution_.id, begun); !written) return written;
  running_.push_back({planned, begun, Clock::now()});
  engine_.submit({.planned = planned,
                  .path = begun.path,
                  .directory = directory,
                  .attempt = begun.attempt,
                  .deadline = policy_.deadline_of(planned)});
  return {};
}

base::Status ExecutionLoop::take_ends() {
  EngineNews news = engine_.completed();
  for (const auto& text : news.notes) policy_.note(text);
  for (auto& end : news.ends) {
    const auto found = std::find_if(running_.begin(), running_.end(),
                                    [&](const Running& run) { return run.begun.id == end.id; });
    CHECK(found != running_.end(), "an engine reports the end of a job once");
    const Running run = std::move(*found);
    running_.erase(found);
    const base::Status written = end.run ? record(std::move(*end.run)) : lose(run);
    if (!written) return written;
  }
  if (news.broken) stop("engine", *news.broken);
  return {};
}

base::Status ExecutionLoop::lose(const Running& run) {
  execution_.lost.push_back(run.begun);
  policy_.lost(run.planned, run.begun);
  return writer_.lose(execution_.id, run.begun);
}

base::Status ExecutionLoop::record(LedgerRun run) {
  run.revision = execution_.revision;
  run.at = elapsed();
  if (auto written = writer_.finish(execution_.id, run); !written) return written;
  execution_.runs.push_back(std::move(run));
  execution_.seconds = elapsed();
  const LedgerRun& recorded = execution_.runs.back();
  if (auto done = policy_.recorded(recorded); !done) return done;
  const bool broke = recorded.verdict == checker::Verdict::kHarnessError;
  harness_errors_ = broke ? harness_errors_ + 1 : 0;
  if (harness_errors_ >= engine_.harness_errors_max()) {
    stop("harness-errors", fmt::format("{} runs in a row ended in harness errors, the last: {}",
                                       harness_errors_, recorded.reason));
  }
  return {};
}

void ExecutionLoop::stop(const std::string& cause, const std::string& reason) {
  if (stopping_) return;
  stopping_ = true;
  execution_.early_cause = cause;
  execution_.ended_early = reason;
}

void ExecutionLoop::leave_out(const std::string& cause, const std::string& reason) {
  if (stopping_ || !execution_.ended_early.empty()) return;
  execution_.early_cause = cause;
  execution_.ended_early = reason;
}

void ExecutionLoop::interrupt() {
  const bool again = interrupted_;
  interrupted_ = true;
  stopping_ = true;
  execution_.early_cause = "interrupted";
  execution_.ended_early = "interrupted by a signal";
  engine_.cancel(again);
}

void ExecutionLoop::show_progress() {
  if (Clock::now() - shown_ < kProgressInterval) return;
  shown_ = Clock::now();
  SuiteProgress progress{.running = {}, .seconds = elapsed(), .stopping = stopping_};
  for (const auto& run : running_) {
    const double seconds = std::chrono::duration<double>(Clock::now() - run.since).count();
    progress.running.push_back({run.begun.id, run.begun.seed, seconds});
  }
  policy_.progress(progress);
}

double ExecutionLoop::elapsed() const {
  return before_ + std::chrono::duration<double>(Clock::now() - started_).count();
}

}  // namespace capsize::harness

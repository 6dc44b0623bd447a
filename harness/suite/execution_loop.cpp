#include "harness/suite/execution_loop.h"

#include <fmt/core.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <utility>

#include "harness/run/signals.h"
#include "harness/store/run_directory.h"
#include "harness/store/stored_runs.h"
#include "harness/suite/dates.h"
#include "harness/suite/run_result.h"

namespace capsize::harness {
namespace fs = std::filesystem;
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr base::Duration kStep = 10ms;
constexpr auto kProgressInterval = 200ms;
/// After this many runs in a row that ended in a harness error, the machine or the installation is
/// broken, and further runs would only use up the night.
constexpr std::size_t kHarnessErrorsMax = 5;
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

ExecutionLoop::ExecutionLoop(Execution& execution, ExecutionPlace place, LedgerWriter& writer,
                             RunPolicy& policy)
    : execution_(execution),
      place_(std::move(place)),
      writer_(writer),
      policy_(policy),
      before_(execution.seconds) {}

base::Status ExecutionLoop::run() {
  SignalGuard signals;
  policy_.begun();
  while (true) {
    if (auto started = start_runs(); !started) return started;
    if (running_.empty()) break;
    if (signals.wait(kStep)) interrupt();
    if (auto polled = poll_runs(); !polled) return polled;
    show_progress();
  }
  execution_.seconds = elapsed();
  if (auto written = writer_.end(execution_); !written) return written;
  execution_.ended = execution_.ended_early.empty();
  finish_removals(place_.store);
  return {};
}

base::Status ExecutionLoop::start_runs() {
  while (!stopping_ && running_.size() < place_.jobs) {
    if (free_bytes(place_.store) < kFreeBytesMin) {
      stop("disk-full", fmt::format("less than 256 MiB are free for {}", place_.store.string()));
      break;
    }
    std::vector<const PlannedRun*> running;
    for (const auto& run : running_) running.push_back(&run.planned());
    const auto run = policy_.next_run(running);
    if (!run) break;
    if (auto started = start(*run); !started) return started;
  }
  return {};
}

base::Status ExecutionLoop::start(const PlannedRun& planned) {
  const auto created = RunDirectory::create(place_.store, planned.of->scenario.name, planned.seed);
  if (const auto* failed = std::get_if<InfrastructureCause>(&created)) {
    stop(std::string(name(failed->kind)), failed->text);
    return {};
  }
  const fs::path& directory = std::get<RunDirectory>(created).path();
  const std::string path =
      directory.lexically_relative(fs::absolute(place_.store).lexically_normal()).string();
  const LostRun begun{.id = planned.id, .seed = planned.seed, .path = path};
  if (auto written = writer_.start(execution_.id, begun); !written) return written;
  auto process = RunProcess::start(planned, {.program = place_.program,
                                             .store = place_.store,
                                             .directory = directory,
                                             .path = path,
                                             .deadline = policy_.deadline_of(planned)});
  if (process) {
    running_.push_back(std::move(process).value());
    return {};
  }
  LedgerRun broken = without_result(planned, "start", process.error().message);
  broken.path = path;
  return record(std::move(broken));
}

base::Status ExecutionLoop::poll_runs() {
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

base::Status ExecutionLoop::lose(const LostRun& run) {
  execution_.lost.push_back(run);
  policy_.lost(run);
  return writer_.lose(execution_.id, run);
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
  if (harness_errors_ >= kHarnessErrorsMax) {
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

void ExecutionLoop::interrupt() {
  const bool again = interrupted_;
  interrupted_ = true;
  stopping_ = true;
  execution_.early_cause = "interrupted";
  execution_.ended_early = "interrupted by a signal";
  for (auto& run : running_) again ? run.kill() : run.interrupt();
}

void ExecutionLoop::show_progress() {
  if (Clock::now() - shown_ < kProgressInterval) return;
  shown_ = Clock::now();
  SuiteProgress progress{.running = {}, .seconds = elapsed(), .stopping = stopping_};
  for (const auto& run : running_) {
    progress.running.push_back({run.planned().id, run.planned().seed, run.seconds()});
  }
  policy_.progress(progress);
}

double ExecutionLoop::elapsed() const {
  return before_ + std::chrono::duration<double>(Clock::now() - started_).count();
}

}  // namespace capsize::harness

#include "harness/cli/live_display.h"

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "harness/cluster/clock.h"
#include "harness/live/live_frame.h"
#include "harness/live/run_watch.h"
#include "harness/report/status_lines.h"

namespace capsize::harness {
namespace {

constexpr std::chrono::milliseconds kFrame(100);
constexpr base::Duration kLatencyTime = std::chrono::seconds(1);

/// Signals are for the thread of the run, which ends it in order.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_{};
};

void draw(StatusLines& lines, const RunSnapshot& run, std::optional<base::Duration> latency) {
  lines.clear();
  for (const std::string& line : live_frame(run, latency)) lines.draw(line);
}

}  // namespace

bool LiveDisplay::is_possible() {
  const char* terminal = std::getenv("TERM");
  const bool dumb = terminal == nullptr || std::string_view(terminal) == "dumb";
  return ::isatty(STDERR_FILENO) == 1 && !dumb;
}

LiveDisplay::~LiveDisplay() {
  stop();
}

void LiveDisplay::watch(const std::filesystem::path& run_directory) {
  stop();
  stopping_ = false;
  older_.reset();
  ok_latency_.reset();
  const SignalsBlocked blocked;
  thread_ = std::thread([this, run_directory] { run(run_directory); });
}

void LiveDisplay::stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void LiveDisplay::note(const Progress& progress) {
  const std::lock_guard lock(mutex_);
  const Sample sample{progress.time, progress.ok, progress.ok_latency};
  if (!older_) older_ = sample;
  if (sample.time - older_->time < kLatencyTime) return;
  ok_latency_.reset();
  const auto count = static_cast<std::int64_t>(sample.ok - older_->ok);
  if (count > 0) ok_latency_ = (sample.ok_latency - older_->ok_latency) / count;
  older_ = sample;
}

std::optional<base::Duration> LiveDisplay::latency() {
  const std::lock_guard lock(mutex_);
  return ok_latency_;
}

void LiveDisplay::run(const std::filesystem::path& run_directory) {
  StatusLines lines;
  std::optional<RunWatch> watch;
  for (bool last = false; !last;) {
    {
      std::unique_lock lock(mutex_);
      last = changed_.wait_for(lock, kFrame, [this] { return stopping_; });
    }
    if (!watch) {
      // The directory is there, and its first file is about to be.
      auto opened = RunWatch::open(run_directory);
      if (!opened) continue;
      watch.emplace(std::move(opened).value());
    }
    draw(lines, watch->poll(monotonic_now()), latency());
  }
  lines.keep();
}

}  // namespace capsize::harness

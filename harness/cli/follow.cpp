#include "harness/cli/follow.h"

#include <fmt/core.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "base/printable.h"
#include "checker/streaming/growing_source.h"

namespace capsize::harness {
namespace {

std::atomic<bool> stopped{false};
static_assert(std::atomic<bool>::is_always_lock_free);  // or a signal handler must not touch it

// Without SA_RESTART, so that a read that waits for more is woken up.
void stop_on(int signal) {
  struct sigaction action {};
  action.sa_handler = [](int) { stopped = true; };
  sigemptyset(&action.sa_mask);
  ::sigaction(signal, &action, nullptr);
}

}  // namespace

checker::Report follow_history(const std::string& file, const checker::FollowOptions& options,
                               bool& interrupted) {
  stop_on(SIGINT);
  stop_on(SIGTERM);
  struct sigaction hang_up {};
  ::sigaction(SIGHUP, nullptr, &hang_up);
  if (hang_up.sa_handler != SIG_IGN) stop_on(SIGHUP);  // ignored: it is to be survived (nohup)
  auto source = checker::open_growing_source(file, stopped, [&](std::string_view why) {
    fmt::print(stderr, "capsize: waiting: {} {}\n", base::printable(file), why);
  });
  if (!source) {
    checker::Report report;
    report.file = file;
    report.verdict = checker::Verdict::kUsageError;
    report.reason =
        fmt::format("{}: found {}, expected a file that can be read", file, std::strerror(errno));
    return report;
  }
  checker::LineReader lines(std::move(source));
  checker::Report report = checker::follow(lines, file, options);
  interrupted = stopped;
  return report;
}

}  // namespace capsize::harness

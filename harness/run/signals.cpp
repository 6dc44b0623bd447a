#include "harness/run/signals.h"

#include <pthread.h>

#include <algorithm>
#include <csignal>
#include <ctime>

namespace capsize::harness {
namespace {

/// SIGHUP too, which arrives when the terminal closes; unless it is ignored (nohup).
sigset_t stop_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGINT);
  ::sigaddset(&set, SIGTERM);
  struct sigaction hang_up {};
  ::sigaction(SIGHUP, nullptr, &hang_up);
  if (hang_up.sa_handler != SIG_IGN) ::sigaddset(&set, SIGHUP);
  return set;
}

}  // namespace

SignalGuard::SignalGuard() {
  const sigset_t set = stop_signals();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

SignalGuard::~SignalGuard() {
  const sigset_t set = stop_signals();
  ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

bool SignalGuard::wait(base::Duration bound) {
  const sigset_t set = stop_signals();
  const auto left = std::max(bound, base::Duration::zero()).count();
  const timespec timeout{.tv_sec = left / 1'000'000'000, .tv_nsec = left % 1'000'000'000};
  return ::sigtimedwait(&set, nullptr, &timeout) > 0;
}

}  // namespace capsize::harness

// Lets the main loop wait for SIGINT, SIGTERM and SIGHUP instead of being interrupted by them.
#pragma once

#include "base/time.h"

namespace capsize::harness {

/// While it exists, these signals are blocked for this thread and the threads that it starts.
class SignalGuard {
 public:
  SignalGuard();
  ~SignalGuard();
  SignalGuard(const SignalGuard&) = delete;
  SignalGuard& operator=(const SignalGuard&) = delete;

  /// Sleeps up to `bound`; true if one of the signals arrived.
  bool wait(base::Duration bound);
};

}  // namespace capsize::harness

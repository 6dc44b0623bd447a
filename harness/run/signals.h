// SIGINT, SIGTERM and SIGHUP as something that the main loop waits for, instead of something that
// interrupts it.
#pragma once

#include "base/time.h"

namespace capsize::harness {

/// Blocks these signals for this thread and the threads it starts, while it lives.
class SignalGuard {
 public:
  SignalGuard();
  ~SignalGuard();
  SignalGuard(const SignalGuard&) = delete;
  SignalGuard& operator=(const SignalGuard&) = delete;

  /// Sleeps up to `bound`; true when one of the signals came.
  bool wait(base::Duration bound);
};

}  // namespace capsize::harness

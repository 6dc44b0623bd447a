// The one true clock of a run: CLOCK_MONOTONIC, which nodes, proxy and harness share on one
// machine.
#pragma once

#include "base/time.h"

namespace capsize::harness {

[[nodiscard]] base::Instant monotonic_now();

/// Time since the start of the load. Read it before a request is sent and after a reply was read.
class RunClock {
 public:
  explicit RunClock(base::Instant start) : start_(start) {}
  [[nodiscard]] base::Duration now() const { return monotonic_now() - start_; }
  [[nodiscard]] base::Instant start() const { return start_; }

 private:
  base::Instant start_;
};

}  // namespace capsize::harness

// The one true clock of a run: CLOCK_MONOTONIC, which nodes, proxy and harness share on one
// machine.
#pragma once

#include <ctime>

#include "base/time.h"

namespace capsize::harness {

[[nodiscard]] inline base::Instant monotonic_now() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return base::Instant(std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec));
}

/// Time since the start of the load. Read it before a request is sent and after a reply is read: a
/// recorded interval may be wider than the truth, never narrower.
class RunClock {
 public:
  explicit RunClock(base::Instant start) : start_(start) {}
  [[nodiscard]] base::Duration now() const { return monotonic_now() - start_; }
  [[nodiscard]] base::Instant start() const { return start_; }

 private:
  base::Instant start_;
};

}  // namespace capsize::harness

// Time for the pure parts of Capsize: it is passed in, and never read from a clock.
#pragma once

#include <chrono>

namespace capsize::base {

/// A clock without now(): an Instant can only be passed in, by a driver that reads a real clock or
/// by a simulation.
struct ExternalClock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<ExternalClock, duration>;
  static constexpr bool is_steady = true;
};

/// Nanoseconds on the driver's monotonic clock (real or simulated).
using Instant = ExternalClock::time_point;
using Duration = ExternalClock::duration;

/// The number that traces and replies contain.
[[nodiscard]] constexpr Duration::rep nanoseconds(Instant instant) {
  return instant.time_since_epoch().count();
}

}  // namespace capsize::base

// Time as the pure parts see it: they are told, they never ask.
#pragma once

#include <chrono>

namespace capsize::base {

/// A clock without now(): an Instant can only be handed in, by a Clock port or by a simulation.
struct ToldClock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<ToldClock, duration>;
  static constexpr bool is_steady = true;
};

/// Nanoseconds on the monotonic clock (real or simulated) of whoever drives.
using Instant = ToldClock::time_point;
using Duration = ToldClock::duration;

/// As traces and replies write it.
[[nodiscard]] constexpr Duration::rep nanoseconds(Instant instant) {
  return instant.time_since_epoch().count();
}

}  // namespace capsize::base

// The two clocks of a node. The replica sees only its own, which a fault may bump or run at another
// rate. Traces and headers use the true one, or the evidence would be as wrong as the fault.
#pragma once

#include "base/time.h"

namespace capsize::app {

/// CLOCK_MONOTONIC: one clock for all processes of a machine.
[[nodiscard]] base::Instant true_now();

/// A monotonic clock that can be wrong. Like CLOCK_MONOTONIC it never goes back: after a negative
/// bump it stands still until the true time has caught up.
class NodeClock {
 public:
  explicit NodeClock(base::Instant true_time) : true_base_(true_time), own_base_(true_time) {}

  [[nodiscard]] base::Instant now(base::Instant true_time);
  void bump(base::Duration by, base::Instant true_time);
  /// Precondition: kRateMin <= rate <= kRateMax.
  void set_rate(double rate, base::Instant true_time);
  /// How long to wait on the true clock for `own` to pass on this one.
  [[nodiscard]] base::Duration to_true(base::Duration own) const;

  static constexpr double kRateMin = 0.01;
  static constexpr double kRateMax = 100;
  static constexpr base::Duration kBumpMax = std::chrono::hours(1);

 private:
  [[nodiscard]] base::Instant computed(base::Instant true_time) const;
  base::Instant true_base_, own_base_;
  base::Instant latest_{};  // given out so far
  double rate_ = 1;
};

}  // namespace capsize::app

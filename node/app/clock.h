// The two clocks of a node. The replica uses the node's own clock, which a fault may bump or run at
// another rate. Traces and headers use the true clock: otherwise a clock fault would also falsify
// the evidence.
#pragma once

#include "base/time.h"

namespace capsize::app {

/// CLOCK_MONOTONIC, which all processes of a machine share.
[[nodiscard]] base::Instant true_now();

/// A monotonic clock with faults. Like CLOCK_MONOTONIC it never goes back: after a negative bump it
/// stands still until the true time has caught up.
class NodeClock {
 public:
  explicit NodeClock(base::Instant true_time) : true_base_(true_time), own_base_(true_time) {}

  [[nodiscard]] base::Instant now(base::Instant true_time);
  void bump(base::Duration by, base::Instant true_time);
  /// Precondition: kRateMin <= rate <= kRateMax.
  void set_rate(double rate, base::Instant true_time);
  /// The duration on the true clock in which `own` passes on this one.
  [[nodiscard]] base::Duration to_true(base::Duration own) const;

  static constexpr double kRateMin = 0.01;
  static constexpr double kRateMax = 100;
  static constexpr base::Duration kBumpMax = std::chrono::hours(1);

 private:
  [[nodiscard]] base::Instant computed(base::Instant true_time) const;
  base::Instant true_base_, own_base_;
  base::Instant latest_{};  // the latest time returned
  double rate_ = 1;
};

}  // namespace capsize::app

// Time in the simulation: the event queue, and the clock of each node.
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

#include "base/time.h"

namespace capsize::simulation {

/// The clock of one node: monotonic, with its own offset and rate.
class VirtualClock {
 public:
  /// `rate_ppm`: 1'000'000 is exact, 1'050'000 runs five per cent fast.
  VirtualClock(base::Duration offset, std::int64_t rate_ppm)
      : offset_(offset), rate_ppm_(rate_ppm) {}

  [[nodiscard]] base::Instant at(base::Instant true_time) const {
    return base::Instant(offset_ + true_time.time_since_epoch() * rate_ppm_ / 1'000'000);
  }
  /// The first instant of true time at which this clock shows `shown` or more.
  [[nodiscard]] base::Instant true_time_of(base::Instant shown) const {
    const base::Duration own = shown.time_since_epoch() - offset_;
    return base::Instant(own / rate_ppm_ * 1'000'000 + (own % rate_ppm_) * 1'000'000 / rate_ppm_ +
                         base::Duration(1));
  }

 private:
  base::Duration offset_;
  std::int64_t rate_ppm_;
};

/// The event queue: virtual time moves from event to event. Events at the same instant run in the
/// order in which they were scheduled, so that a seed replays exactly.
class EventQueue {
 public:
  [[nodiscard]] base::Instant now() const { return now_; }
  void at(base::Instant when, std::function<void()> action) {
    events_.push({std::max(when, now_), ++sequence_, std::move(action)});
  }
  void after(base::Duration delay, std::function<void()> action) {
    at(now_ + delay, std::move(action));
  }
  /// Runs the next event if it is due by `limit`; otherwise time moves to `limit`.
  bool run_one(base::Instant limit) {
    if (events_.empty() || events_.top().when > limit) {
      now_ = std::max(now_, limit);
      return false;
    }
    Event event = events_.top();
    events_.pop();
    now_ = event.when;
    event.action();
    return true;
  }

 private:
  struct Event {
    base::Instant when;
    std::uint64_t sequence;
    std::function<void()> action;
    bool operator<(const Event& other) const {  // priority_queue's top is the greatest element
      return when != other.when ? when > other.when : sequence > other.sequence;
    }
  };
  base::Instant now_{};
  std::uint64_t sequence_ = 0;
  std::priority_queue<Event> events_;
};

}  // namespace capsize::simulation

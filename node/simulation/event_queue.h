// What happens next: virtual time moves from event to event. Events of the same instant run in the
// order in which they were scheduled, so a seed replays exactly.
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

#include "base/time.h"

namespace capsize::simulation {

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
    bool operator<(const Event& other) const {  // the queue's top is its greatest
      return when != other.when ? when > other.when : sequence > other.sequence;
    }
  };
  base::Instant now_{};
  std::uint64_t sequence_ = 0;
  std::priority_queue<Event> events_;
};

}  // namespace capsize::simulation

#include "node/app/clock.h"

#include <algorithm>
#include <cmath>
#include <ctime>

#include "base/check.h"

namespace capsize::app {

base::Instant true_now() {
  timespec time{};
  CHECK(::clock_gettime(CLOCK_MONOTONIC, &time) == 0, "the monotonic clock can be read");
  return base::Instant(std::chrono::seconds(time.tv_sec) + base::Duration(time.tv_nsec));
}

base::Instant NodeClock::computed(base::Instant true_time) const {
  const base::Duration passed = true_time - true_base_;
  if (rate_ == 1) return own_base_ + passed;  // exact: a double has 53 bits
  return own_base_ + base::Duration(std::llround(static_cast<double>(passed.count()) * rate_));
}

base::Instant NodeClock::now(base::Instant true_time) {
  latest_ = std::max(latest_, computed(true_time));
  return latest_;
}

void NodeClock::bump(base::Duration by, base::Instant true_time) {
  CHECK(by <= kBumpMax && by >= -kBumpMax, "a bump is at most an hour");
  own_base_ = computed(true_time) + by;
  true_base_ = true_time;
}

void NodeClock::set_rate(double rate, base::Instant true_time) {
  CHECK(rate >= kRateMin && rate <= kRateMax, "the rate of a clock is in bounds");
  own_base_ = computed(true_time);
  true_base_ = true_time;
  rate_ = rate;
}

base::Duration NodeClock::to_true(base::Duration own) const {
  if (rate_ == 1) return own;
  return base::Duration(std::llround(static_cast<double>(own.count()) / rate_));
}

}  // namespace capsize::app

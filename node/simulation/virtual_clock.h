// The clock of one node: monotonic, but with an offset and a rate of its own.
#pragma once

#include <cstdint>

#include "base/time.h"

namespace capsize::simulation {

class VirtualClock {
 public:
  /// `rate_ppm`: 1'000'000 runs true, 1'050'000 runs five per cent fast.
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

}  // namespace capsize::simulation

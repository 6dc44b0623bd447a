// Latencies in buckets of equal relative width, as in HdrHistogram: memory does not grow with the
// number of operations, and a quantile is off by less than 1/128 of itself, upwards.
#pragma once

#include <array>
#include <cstdint>

#include "base/time.h"

namespace capsize::harness {

class LatencyHistogram {
 public:
  /// A bucket reaches at most this part of its lower bound upwards.
  static constexpr double kRelativeErrorMax = 1.0 / 128;

  void add(base::Duration latency);
  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] base::Duration max() const { return max_; }  // exact
  /// The upper bound of the bucket that holds it, but at most max(); zero without any latency.
  /// Precondition: 0 <= q <= 1.
  [[nodiscard]] base::Duration quantile(double q) const;

 private:
  static constexpr unsigned kBitsInBucket = 7;  // 128 buckets for each power of two
  static constexpr std::size_t kBuckets = std::size_t{64 - kBitsInBucket + 1} << kBitsInBucket;
  [[nodiscard]] static std::size_t bucket_of(std::uint64_t nanoseconds);
  [[nodiscard]] static std::uint64_t upper_bound_of(std::size_t bucket);

  std::array<std::uint64_t, kBuckets> counts_{};
  std::uint64_t count_ = 0;
  base::Duration max_{};
};

}  // namespace capsize::harness

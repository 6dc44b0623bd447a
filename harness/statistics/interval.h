// Confidence intervals of a share, from k of n independent runs.
#pragma once

#include <cstdint>

namespace capsize::harness {

struct ShareInterval {
  double low = 0;
  double high = 1;
  [[nodiscard]] double width() const { return high - low; }
};

/// The 95 % interval of Clopper and Pearson (1934), which never covers less than it says: with few
/// runs the approximations do. Without runs it is [0, 1]. `error`: the probability that it misses
/// the share, half of it on each side. Preconditions: k <= n, 0 < error < 1.
[[nodiscard]] ShareInterval confidence_interval(std::uint64_t k, std::uint64_t n,
                                                double error = 0.05);

/// The one-sided 95 % upper bound: a larger share would have shown more than k in n runs. Without
/// runs it is 1. Precondition: k <= n.
[[nodiscard]] double upper_bound(std::uint64_t k, std::uint64_t n);

/// Returns how many runs without a catch contradict, at 95 %, that a bug is still caught in k of n
/// runs: three for a bug that every run caught, 29 for one that one run in ten caught.
/// Precondition: 0 < k <= n.
[[nodiscard]] std::uint64_t runs_to_contradict(std::uint64_t k, std::uint64_t n);

}  // namespace capsize::harness

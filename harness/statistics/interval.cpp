#include "harness/statistics/interval.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace capsize::harness {
namespace {

constexpr double kTail = 0.05;
constexpr std::uint64_t kRunsMin = 3;

/// The probability of at most k successes in n trials of probability p.
double at_most(std::uint64_t k, std::uint64_t n, double p) {
  if (k >= n || p <= 0) return 1;
  if (p >= 1) return 0;
  const auto count = static_cast<double>(n);
  double sum = 0;
  for (std::uint64_t i = 0; i <= k; ++i) {
    const auto successes = static_cast<double>(i);
    // By logarithms: the binomial coefficients of a few hundred runs exceed a double.
    sum += std::exp(std::lgamma(count + 1) - std::lgamma(successes + 1) -
                    std::lgamma(count - successes + 1) + successes * std::log(p) +
                    (count - successes) * std::log1p(-p));
  }
  return std::min(1.0, sum);
}

/// The p at which at most k of n successes have the probability `tail`; falls as p grows.
double share_at(std::uint64_t k, std::uint64_t n, double tail) {
  double low = 0;
  double high = 1;
  for (int step = 0; step < 50; ++step) {
    const double middle = (low + high) / 2;
    (at_most(k, n, middle) > tail ? low : high) = middle;
  }
  return (low + high) / 2;
}

}  // namespace

ShareInterval confidence_interval(std::uint64_t k, std::uint64_t n) {
  CHECK(k <= n, "no more runs catch a bug than there are");
  if (n == 0) return {};
  return {.low = k == 0 ? 0 : share_at(k - 1, n, 1 - kTail / 2),
          .high = k == n ? 1 : share_at(k, n, kTail / 2)};
}

double upper_bound(std::uint64_t k, std::uint64_t n) {
  CHECK(k <= n, "no more runs raise an alarm than there are");
  return k == n ? 1 : share_at(k, n, kTail);
}

std::uint64_t runs_to_contradict(std::uint64_t k, std::uint64_t n) {
  CHECK(k > 0 && k <= n, "only what was caught can be missed");
  if (k == n) return kRunsMin;
  const double share = static_cast<double>(k) / static_cast<double>(n);
  const double needed = std::ceil(std::log(kTail) / std::log1p(-share));
  return std::max(kRunsMin, static_cast<std::uint64_t>(needed));
}

}  // namespace capsize::harness

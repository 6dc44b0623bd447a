#include "harness/statistics/interval.h"

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <cmath>

#include "base/check.h"

namespace capsize::harness {
namespace {

constexpr double kTail = 0.05;
constexpr std::uint64_t kRunsMin = 3;

// The bounds are quantiles of beta distributions, because P(at least k of n) at the share p is the
// regularised incomplete beta function I_p(k, n - k + 1).

/// The share at which at least k of n runs count with the probability `tail`. 0 < k <= n.
double lower_share(std::uint64_t k, std::uint64_t n, double tail) {
  return boost::math::ibeta_inv(static_cast<double>(k), static_cast<double>(n - k + 1), tail);
}

/// The share at which at most k of n runs count with the probability `tail`. k < n.
double upper_share(std::uint64_t k, std::uint64_t n, double tail) {
  return boost::math::ibetac_inv(static_cast<double>(k + 1), static_cast<double>(n - k), tail);
}

}  // namespace

ShareInterval confidence_interval(std::uint64_t k, std::uint64_t n, double error) {
  CHECK(k <= n, "no more runs catch a bug than there are");
  CHECK(error > 0 && error < 1, "an interval misses the share with some probability");
  if (n == 0) return {};
  return {.low = k == 0 ? 0 : lower_share(k, n, error / 2),
          .high = k == n ? 1 : upper_share(k, n, error / 2)};
}

double upper_bound(std::uint64_t k, std::uint64_t n) {
  CHECK(k <= n, "no more runs raise an alarm than there are");
  return k == n ? 1 : upper_share(k, n, kTail);
}

std::uint64_t runs_to_contradict(std::uint64_t k, std::uint64_t n) {
  CHECK(k > 0 && k <= n, "only what was caught can be missed");
  if (k == n) return kRunsMin;
  const double share = static_cast<double>(k) / static_cast<double>(n);
  const double needed = std::ceil(std::log(kTail) / std::log1p(-share));
  return std::max(kRunsMin, static_cast<std::uint64_t>(needed));
}

}  // namespace capsize::harness

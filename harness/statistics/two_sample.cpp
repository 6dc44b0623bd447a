#include "harness/statistics/two_sample.h"

#include <boost/math/distributions/hypergeometric.hpp>
#include <limits>

#include "base/check.h"

namespace capsize::harness {
namespace {

/// Boost's type of a count.
unsigned count_of(std::uint64_t count) {
  CHECK(count <= std::numeric_limits<unsigned>::max(), "samples have fewer than 2^32 runs");
  return static_cast<unsigned>(count);
}

}  // namespace

double p_value_worse(const Share& now, const Share& before) {
  CHECK(now.failed <= now.runs && before.failed <= before.runs, "no more runs fail than there are");
  if (now.failed == 0 || now.runs == 0 || before.runs == 0) return 1;
  // Every failure of now is certain; Boost refuses what is below the range of the distribution.
  if (before.failed == before.runs) return 1;
  // Given the number of all failures, which of the runs failed is a draw without replacement.
  const boost::math::hypergeometric_distribution<double> failures(
      count_of(now.failed + before.failed), count_of(now.runs), count_of(now.runs + before.runs));
  return boost::math::cdf(boost::math::complement(failures, count_of(now.failed - 1)));
}

}  // namespace capsize::harness

#include "harness/client/statistics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "base/prng.h"

namespace capsize::harness {
namespace {

using namespace std::chrono_literals;

TEST(LatencyHistogram, Quantiles_ExceedTheTrueOnesByAtMostTheStatedError) {
  base::Prng random = base::Prng::stream(1, "latencies");
  for (int round = 0; round < 20; ++round) {
    LatencyHistogram histogram;
    std::vector<base::Duration> all;
    for (int i = 0; i < 1000; ++i) {
      all.push_back(base::Duration(
          static_cast<std::int64_t>(random.below(std::uint64_t{1} << (3 + 2 * round)))));
      histogram.add(all.back());
    }
    std::sort(all.begin(), all.end());
    for (const double q : {0.001, 0.5, 0.95, 0.99, 1.0}) {
      const auto exact = all[static_cast<std::size_t>(q * 1000 + 0.5) - 1];
      const auto found = histogram.quantile(q);
      EXPECT_GE(found, exact);
      EXPECT_LE(static_cast<double>(found.count()),
                static_cast<double>(exact.count()) * (1 + LatencyHistogram::kRelativeErrorMax));
    }
    EXPECT_EQ(histogram.max(), all.back());
    EXPECT_EQ(histogram.quantile(1), all.back());
  }
}

TEST(LatencyHistogram, EmptyOrExtreme_IsRepresented) {
  LatencyHistogram histogram;
  EXPECT_EQ(histogram.quantile(0.5), 0ns);
  histogram.add(-5ns);
  EXPECT_EQ(histogram.quantile(1), 0ns);
  histogram.add(base::Duration::max());
  EXPECT_EQ(histogram.count(), 2U);
  EXPECT_EQ(histogram.max(), base::Duration::max());
  EXPECT_EQ(histogram.quantile(1), base::Duration::max());
}

}  // namespace
}  // namespace capsize::harness

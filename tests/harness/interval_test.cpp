#include "harness/statistics/interval.h"

#include <gtest/gtest.h>

#include <cmath>

namespace capsize::harness {
namespace {

TEST(Interval, NoRuns_SayNothing) {
  EXPECT_EQ(confidence_interval(0, 0).low, 0);
  EXPECT_EQ(confidence_interval(0, 0).high, 1);
  EXPECT_EQ(upper_bound(0, 0), 1);
}

// Published values of the exact interval.
TEST(Interval, ClopperPearson_MatchesTables) {
  const auto some = confidence_interval(2, 10);
  EXPECT_NEAR(some.low, 0.0252, 1e-4);
  EXPECT_NEAR(some.high, 0.5561, 1e-4);
  const auto half = confidence_interval(50, 100);
  EXPECT_NEAR(half.low, 0.3983, 1e-4);
  EXPECT_NEAR(half.high, 0.6017, 1e-4);
}

TEST(Interval, AllOrNone_HaveClosedForms) {
  const auto all = confidence_interval(3, 3);
  EXPECT_NEAR(all.low, std::cbrt(0.025), 1e-6);
  EXPECT_EQ(all.high, 1);
  const auto none = confidence_interval(0, 3);
  EXPECT_EQ(none.low, 0);
  EXPECT_NEAR(none.high, 1 - std::cbrt(0.025), 1e-6);
  EXPECT_NEAR(upper_bound(0, 59), 1 - std::pow(0.05, 1.0 / 59), 1e-6);
}

TEST(Interval, IsSymmetricAndNarrowsWithRuns) {
  for (std::uint64_t n = 1; n <= 40; ++n) {
    for (std::uint64_t k = 0; k <= n; ++k) {
      const auto interval = confidence_interval(k, n);
      const auto mirrored = confidence_interval(n - k, n);
      const double share = static_cast<double>(k) / static_cast<double>(n);
      ASSERT_LE(interval.low, share);
      ASSERT_GE(interval.high, share);
      ASSERT_NEAR(interval.low, 1 - mirrored.high, 1e-9);
      ASSERT_LT(confidence_interval(2 * k, 2 * n).width(), interval.width());
    }
  }
}

TEST(Interval, ManyRuns_StayFinite) {
  const auto interval = confidence_interval(3000, 6000);
  EXPECT_NEAR(interval.low, 0.4873, 1e-3);
  EXPECT_NEAR(interval.high, 0.5127, 1e-3);
}

TEST(Interval, RunsToContradict_GrowAsTheBugWasCaughtLessOften) {
  EXPECT_EQ(runs_to_contradict(3, 3), 3U);
  EXPECT_EQ(runs_to_contradict(9, 10), 3U);
  EXPECT_EQ(runs_to_contradict(1, 2), 5U);    // 0.5^5 < 0.05 < 0.5^4
  EXPECT_EQ(runs_to_contradict(1, 10), 29U);  // 0.9^29 < 0.05 < 0.9^28
}

}  // namespace
}  // namespace capsize::harness

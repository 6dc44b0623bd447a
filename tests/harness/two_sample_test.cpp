#include "harness/statistics/two_sample.h"

#include <gtest/gtest.h>

namespace capsize::harness {
namespace {

// Fisher's own example: of eight cups, four with milk first, all four named rightly.
TEST(TwoSample, TeaTasting_IsOneInSeventy) {
  EXPECT_NEAR(p_value_worse({4, 4}, {0, 4}), 1.0 / 70, 1e-12);
  EXPECT_NEAR(p_value_worse({3, 4}, {1, 4}), 17.0 / 70, 1e-12);
}

TEST(TwoSample, WithoutFailuresOrRuns_ShowsNothing) {
  EXPECT_EQ(p_value_worse({0, 40}, {3, 100}), 1);
  EXPECT_EQ(p_value_worse({0, 0}, {3, 100}), 1);
  EXPECT_EQ(p_value_worse({3, 3}, {0, 0}), 1);
  EXPECT_EQ(p_value_worse({3, 3}, {9, 9}), 1) << "all failed before";
  EXPECT_EQ(p_value_worse({2, 3}, {9, 9}), 1);
}

TEST(TwoSample, MoreFailures_AreMoreConvincing) {
  double last = 1;
  for (std::uint64_t failed = 1; failed <= 40; ++failed) {
    const double p = p_value_worse({failed, 40}, {30, 1000});
    ASSERT_LE(p, last) << failed;
    last = p;
  }
  EXPECT_LT(last, 1e-30);
}

}  // namespace
}  // namespace capsize::harness

#include "harness/statistics/holm.h"

#include <gtest/gtest.h>

namespace capsize::harness {
namespace {

void expect_near(const std::vector<double>& found, const std::vector<double>& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], 1e-12) << i;
}

TEST(Holm, NoOrOneTest_IsNotAdjusted) {
  EXPECT_TRUE(holm_adjusted({}).empty());
  expect_near(holm_adjusted({0.03}), {0.03});
}

// As p.adjust(…, "holm") of R 4.
TEST(Holm, PublishedValues) {
  expect_near(holm_adjusted({0.01, 0.02, 0.03, 0.04, 0.05}), {0.05, 0.08, 0.09, 0.09, 0.09});
  expect_near(holm_adjusted({0.01, 0.04, 0.03, 0.005}), {0.03, 0.06, 0.06, 0.02});
}

TEST(Holm, NeverAboveOne) {
  expect_near(holm_adjusted({0.9, 0.4, 1}), {1, 1, 1});
}

}  // namespace
}  // namespace capsize::harness

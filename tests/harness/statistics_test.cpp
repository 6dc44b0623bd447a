#include "harness/client/statistics.h"

#include <gtest/gtest.h>

namespace capsize::harness {
namespace {

using namespace std::chrono_literals;

TEST(LatencyHistogram, Quantiles_AreWithinThreePercent) {
  LatencyHistogram histogram;
  for (int i = 1; i <= 10000; ++i) histogram.add(i * 1us);
  for (const auto& [q, exact] : {std::pair{0.5, 5000.0}, {0.95, 9500.0}, {0.99, 9900.0}}) {
    const double found = static_cast<double>(histogram.quantile(q).count()) / 1e3;
    EXPECT_NEAR(found, exact, exact * 0.04);
  }
}

TEST(LatencyHistogram, Empty_IsZero_AndExtremesFit) {
  LatencyHistogram histogram;
  EXPECT_EQ(histogram.quantile(0.5), 0ns);
  histogram.add(-5ns);
  histogram.add(std::chrono::hours(100));
  EXPECT_EQ(histogram.count(), 2U);
  EXPECT_GE(histogram.quantile(1.0), std::chrono::hours(50));
}

TEST(Statistics, Outcomes_AreCountedByFunction_WritesApart) {
  Statistics statistics;
  statistics.add({.operation = {"read", "x", nullptr}, .type = EventType::kOk}, 1ms);
  statistics.add({.operation = {"write", "x", 1}, .type = EventType::kOk}, 2ms);
  statistics.add({.operation = {"write", "x", 2}, .type = EventType::kFail}, 3ms);
  statistics.add({.operation = {"write", "x", 3}, .type = EventType::kInfo}, 4ms);
  EXPECT_EQ(statistics.totals().ok, 2U);
  EXPECT_EQ(statistics.by_function["write"].total(), 3U);
  EXPECT_EQ(statistics.ok_write_times, std::vector<base::Duration>{2ms});
  EXPECT_EQ(count_between(statistics.ok_times, 1ms, 2ms), 1U);
}

}  // namespace
}  // namespace capsize::harness

#include "harness/client/statistics.h"

#include <gtest/gtest.h>

namespace capsize::harness {
namespace {

using namespace std::chrono_literals;

TEST(Statistics, Outcomes_AreCountedByFunction_WritesSeparately) {
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

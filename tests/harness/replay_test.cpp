#include "harness/run/replay.h"

#include <gtest/gtest.h>

namespace capsize::harness {
namespace {

TEST(Wilson, KnownIntervals) {
  // Agresti and Coull (1998), and the limits by hand: 10 of 10 leaves 72 %, 0 of 10 reaches 28 %.
  EXPECT_NEAR(wilson(10, 10).low, 0.7225, 0.0005);
  EXPECT_DOUBLE_EQ(wilson(10, 10).high, 1);
  EXPECT_DOUBLE_EQ(wilson(0, 10).low, 0);
  EXPECT_NEAR(wilson(0, 10).high, 0.2775, 0.0005);
  EXPECT_NEAR(wilson(5, 10).low, 0.2366, 0.0005);
  EXPECT_NEAR(wilson(5, 10).high, 0.7634, 0.0005);
}

TEST(CameBack, IsTrueIfTheSameCheckIsViolated) {
  const RecordedRun recorded{.violated = {"linearizable"}};
  Outcome outcome;
  EXPECT_FALSE(came_back(recorded, outcome));
  outcome.checks = {{.name = "live", .verdict = checker::Verdict::kInvalid},
                    {.name = "linearizable", .verdict = checker::Verdict::kUnknown}};
  EXPECT_FALSE(came_back(recorded, outcome));
  outcome.checks[1].verdict = checker::Verdict::kInvalid;
  EXPECT_TRUE(came_back(recorded, outcome));
}

}  // namespace
}  // namespace capsize::harness

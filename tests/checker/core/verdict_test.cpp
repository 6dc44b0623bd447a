#include "checker/core/verdict.h"

#include <gtest/gtest.h>

#include <vector>

namespace capsize::checker {
namespace {

// Folds every pair of neighbours of an order, worst first, both ways round.
void expect_order(const std::vector<Verdict>& worst_first, Verdict (*worst)(Verdict, Verdict)) {
  for (std::size_t i = 0; i < worst_first.size(); ++i) {
    for (std::size_t j = i; j < worst_first.size(); ++j) {
      EXPECT_EQ(worst(worst_first[i], worst_first[j]), worst_first[i]);
      EXPECT_EQ(worst(worst_first[j], worst_first[i]), worst_first[i]);
    }
  }
}

TEST(Verdict, WithinOneRun_HarnessErrorComesFirst) {
  expect_order({Verdict::kHarnessError, Verdict::kInvalid, Verdict::kUnknown, Verdict::kVacuous,
                Verdict::kValid},
               &worst_within_run);
}

TEST(Verdict, AcrossRuns_InvalidComesFirst) {
  expect_order({Verdict::kInvalid, Verdict::kHarnessError, Verdict::kUsageError, Verdict::kUnknown,
                Verdict::kVacuous, Verdict::kValid},
               &worst_across_runs);
}

TEST(Verdict, ExitCodes_AreThoseOfTheContract) {
  EXPECT_EQ(exit_code(Verdict::kValid), 0);
  EXPECT_EQ(exit_code(Verdict::kInvalid), 1);
  EXPECT_EQ(exit_code(Verdict::kUnknown), 2);
  EXPECT_EQ(exit_code(Verdict::kVacuous), 3);
  EXPECT_EQ(exit_code(Verdict::kUsageError), 254);
  EXPECT_EQ(exit_code(Verdict::kHarnessError), 255);
}

}  // namespace
}  // namespace capsize::checker

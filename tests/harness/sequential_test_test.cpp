#include "harness/statistics/sequential_test.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "harness/statistics/interval.h"

namespace capsize::harness {
namespace {

using Counts = std::vector<std::uint64_t>;

double binomial(std::uint64_t n, std::uint64_t k, double share) {
  double choose = 1;
  for (std::uint64_t i = 0; i < k; ++i) {
    choose *= static_cast<double>(n - i) / static_cast<double>(i + 1);
  }
  return choose * std::pow(share, static_cast<double>(k)) *
         std::pow(1 - share, static_cast<double>(n - k));
}

double statistic(const Counts& looks, const Counts& failed, const Share& before) {
  double smallest = 1e9;
  for (std::size_t i = 0; i < failed.size(); ++i) {
    smallest = std::min(smallest, p_value_worse({failed[i], looks[i]}, before) /
                                      look_weight(looks[i], looks.back()));
  }
  return smallest;
}

/// The probability of all experiments with two looks and this common share that are as extreme.
double as_extreme(const Counts& looks, std::uint64_t runs_before, double found, double share) {
  double sum = 0;
  for (std::uint64_t before = 0; before <= runs_before; ++before) {
    for (std::uint64_t first = 0; first <= looks[0]; ++first) {
      for (std::uint64_t more = 0; more <= looks[1] - looks[0]; ++more) {
        const Counts failed = {first, first + more};
        if (statistic(looks, failed, {before, runs_before}) > found * (1 + 1e-9)) continue;
        sum += binomial(runs_before, before, share) * binomial(looks[0], first, share) *
               binomial(looks[1] - looks[0], more, share);
      }
    }
  }
  return sum;
}

/// By enumeration of everything that can happen, at many common shares.
double brute_force(const Counts& looks, const Counts& failed, const Share& before) {
  constexpr double kMissed = 1e-7;
  const auto shares = confidence_interval(before.failed, before.runs, kMissed);
  const double found = statistic(looks, failed, before);
  double largest = 0;
  for (int i = 0; i <= 400; ++i) {
    const double share = shares.low + shares.width() * i / 400;
    largest = std::max(largest, as_extreme(looks, before.runs, found, share));
  }
  return std::min(1.0, largest + kMissed);
}

TEST(SequentialTest, PValue_IsThatOfBruteForce) {
  const Counts looks = {3, 7};
  for (const Share before : {Share{0, 9}, Share{1, 9}, Share{2, 12}, Share{5, 8}}) {
    const SequentialTest test(before, looks);
    for (const Counts& failed :
         {Counts{1}, Counts{3}, Counts{0, 3}, Counts{1, 4}, Counts{2, 6}, Counts{3, 7}}) {
      const double exact = brute_force(looks, failed, before);
      const double found = test.p_value(failed);
      EXPECT_GE(found, exact * (1 - 1e-9)) << before.failed << " of " << before.runs;
      EXPECT_LE(found, exact * 1.06 + 1e-8) << before.failed << " of " << before.runs;
    }
  }
}

TEST(SequentialTest, WithoutFailuresOrRuns_ShowsNothing) {
  EXPECT_EQ(SequentialTest({3, 100}, {20, 40}).p_value({0}), 1);
  EXPECT_EQ(SequentialTest({3, 100}, {20, 40}).p_value({}), 1);
  EXPECT_EQ(SequentialTest({0, 0}, {20, 40}).p_value({20}), 1);
  EXPECT_EQ(SequentialTest({0, 0}, {2, 4}).failures_needed(0.01), (Counts{3, 5}));
}

TEST(SequentialTest, OneLook_IsAtMostFisher) {
  // Boschloo's test is uniformly more powerful than Fisher's; five percent are for the search.
  for (std::uint64_t failed = 1; failed <= 12; ++failed) {
    const double fisher = p_value_worse({failed, 40}, {12, 400});
    EXPECT_LE(SequentialTest({12, 400}, {40}).p_value({failed}), fisher * 1.05 + 1e-7) << failed;
  }
}

TEST(SequentialTest, FurtherLooks_NeverRaiseThePValue) {
  const SequentialTest test({9, 300}, {20, 40, 80});
  const double first = test.p_value({3});
  EXPECT_LE(test.p_value({3, 3}), first);
  EXPECT_LT(test.p_value({3, 9}), first);
  EXPECT_LE(test.p_value({3, 9, 9}), test.p_value({3, 9}));
}

TEST(SequentialTest, FailuresNeeded_AreWhereThePValueReachesTheLevel) {
  const Counts looks = {20, 40, 80};
  const SequentialTest test({9, 300}, looks);
  for (const double level : {0.01, 0.0025}) {
    const Counts needed = test.failures_needed(level);
    Counts failed;
    for (std::size_t look = 0; look < looks.size(); ++look) {
      failed.push_back(needed[look]);
      EXPECT_LE(test.p_value(failed), level) << look;
      failed.back() = needed[look] - 1;
      EXPECT_GT(test.p_value(failed), level) << look;
    }
  }
}

// The level, exactly: no common share rejects more often than alpha.
TEST(SequentialTest, NoCommonShare_RejectsMoreOftenThanTheLevel) {
  constexpr std::uint64_t kRunsBefore = 25;
  constexpr double kAlpha = 0.05;
  const Counts looks = {5, 10, 20};
  std::vector<SequentialTest> tests;
  std::vector<Counts> needed;
  for (std::uint64_t before = 0; before <= kRunsBefore; ++before) {
    tests.emplace_back(Share{before, kRunsBefore}, looks);
    needed.push_back(tests.back().failures_needed(kAlpha));
  }
  double largest = 0;
  for (int percent = 1; percent < 100; ++percent) {
    double rejected = 0;
    for (std::uint64_t before = 0; before <= kRunsBefore; ++before) {
      rejected += binomial(kRunsBefore, before, percent / 100.0) *
                  tests[before].chance_of(needed[before], {}, percent / 100.0);
    }
    EXPECT_LE(rejected, kAlpha) << percent << " %";
    largest = std::max(largest, rejected);
  }
  EXPECT_GT(largest, kAlpha / 4) << "the level is used";
}

TEST(SequentialTest, ChanceOf_FollowsTheLooks) {
  const SequentialTest test({0, 10}, {1, 2});
  EXPECT_NEAR(test.chance_of({1, 2}, {}, 0.3), 0.3, 1e-12);
  EXPECT_NEAR(test.chance_of({2, 2}, {}, 0.3), 0.09, 1e-12);
  EXPECT_NEAR(test.chance_of({2, 2}, {1}, 0.3), 0.3, 1e-12);
  EXPECT_EQ(test.chance_of({2, 2}, {0}, 0.3), 0);
}

// The figures of docs/FORMATS.md: 3 % in 1,000 runs before, 15 % now, four groups.
TEST(SequentialTest, ThreeAgainstFifteenPercent_IsFoundWithinAHundredRuns) {
  const SequentialTest test({30, 1000}, looks_between(20, 100));
  const Counts needed = test.failures_needed(0.01 / 4);
  EXPECT_GE(test.chance_of(needed, {}, 0.15), 0.93);
  EXPECT_LE(test.chance_of(needed, {}, 0.03), 0.01 / 4);
}

TEST(SequentialTest, Looks_RiseFromTheNightToTheLast) {
  EXPECT_EQ(looks_between(20, 100), (Counts{20, 30, 45, 67, 100}));
  EXPECT_EQ(looks_between(95, 100), (Counts{95, 100}));
  EXPECT_EQ(looks_between(100, 100), (Counts{100}));
  EXPECT_EQ(looks_between(400, 100), (Counts{400}));
  EXPECT_EQ(looks_between(0, 100), (Counts{0}));
}

}  // namespace
}  // namespace capsize::harness

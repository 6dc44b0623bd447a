// Change points: against exhaustive enumeration, and on synthetic nights, flat and with a jump.
// CAPSIZE_TREND_SERIES sets the number of synthetic series (scripts/trials trends).
#include "harness/statistics/change_points.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numbers>
#include <string>

#include "base/prng.h"

namespace capsize::harness {
namespace {

std::size_t series_of_trial(std::size_t otherwise) {
  const char* set = std::getenv("CAPSIZE_TREND_SERIES");
  return set == nullptr ? otherwise : std::stoul(set);
}

double normal(base::Prng& random) {
  // Box and Muller, 1958.
  const double radius = std::sqrt(-2 * std::log(1 - random.unit()));
  return radius * std::cos(2 * std::numbers::pi * random.unit());
}

std::vector<double> times(base::Prng& random, std::size_t nights, std::size_t jump_at,
                          double jump) {
  std::vector<double> series;
  for (std::size_t night = 0; night < nights; ++night) {
    series.push_back(500 + 20 * (normal(random) + (night >= jump_at ? jump : 0)));
  }
  return series;
}

std::vector<Share> shares(base::Prng& random, std::size_t nights, std::size_t jump_at,
                          double before, double after, std::uint64_t runs = 40) {
  std::vector<Share> series;
  for (std::size_t night = 0; night < nights; ++night) {
    Share share{.failed = 0, .runs = runs};
    for (std::uint64_t i = 0; i < runs; ++i) {
      if (random.chance(night < jump_at ? before : after)) ++share.failed;
    }
    series.push_back(share);
  }
  return series;
}

/// Nights whose runs tend to fail together: the rate of each night is drawn, too, and scatters as
/// much as chance alone does.
std::vector<Share> scattered_shares(base::Prng& random, std::size_t nights) {
  std::vector<Share> series;
  for (std::size_t night = 0; night < nights; ++night) {
    const double rate = 0.05 + normal(random) * std::sqrt(0.05 * 0.95 / 40);
    series.push_back(shares(random, 1, 1, std::max(rate, 0.0), 0).front());
  }
  return series;
}

TEST(TwoSided, TeaTasting_IsTwoInSeventy) {
  EXPECT_NEAR(p_value_differs({4, 4}, {0, 4}), 2.0 / 70, 1e-12);
  EXPECT_NEAR(p_value_differs({0, 4}, {4, 4}), 2.0 / 70, 1e-12);
  EXPECT_NEAR(p_value_differs({2, 4}, {2, 4}), 1, 1e-9);
  EXPECT_EQ(p_value_differs({0, 0}, {3, 4}), 1);
}

TEST(TwoSided, UnequalDivisions_AreThoseOfTheDefinition) {
  const auto choose = [](double n, double k) {
    return std::exp(std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1));
  };
  for (const auto& [a, b] : {std::pair<Share, Share>{{3, 20}, {12, 20}},
                             {{1, 100}, {10, 100}},
                             {{7, 9}, {2, 31}},
                             {{0, 5}, {5, 50}},
                             {{30, 40}, {25, 45}},
                             {{12, 12}, {3, 9}}}) {
    const double failed = static_cast<double>(a.failed + b.failed);
    const auto density = [&, first = a, second = b](double x) {
      if (failed - x > static_cast<double>(second.runs)) return 0.0;
      return choose(static_cast<double>(first.runs), x) *
             choose(static_cast<double>(second.runs), failed - x) /
             choose(static_cast<double>(first.runs + second.runs), failed);
    };
    const double seen = density(static_cast<double>(a.failed));
    double expected = 0;
    for (double x = 0; x <= std::min(failed, static_cast<double>(a.runs)); ++x) {
      if (density(x) <= seen * (1 + 1e-7)) expected += density(x);
    }
    EXPECT_NEAR(p_value_differs(a, b), expected, 1e-9) << a.failed << "/" << a.runs;
  }
}

TEST(TwoSided, ManyRuns_NeitherOverflowNorTakeLong) {
  EXPECT_LT(p_value_differs({50'000, 100'000}, {0, 1'000'000}), 1e-300);
  EXPECT_GT(p_value_differs({50'000, 100'000}, {500'000, 1'000'000}), 0.9);
}

TEST(ChangePoints, ShortConstantAndEmptySeries_HaveNone) {
  EXPECT_TRUE(level_changes({}).empty());
  EXPECT_TRUE(share_changes({}).empty());
  EXPECT_TRUE(level_changes(std::vector<double>(60, 7.0)).empty());
  EXPECT_TRUE(share_changes(std::vector<Share>(60, {0, 40})).empty());
  EXPECT_TRUE(share_changes(std::vector<Share>(60, {40, 40})).empty());
  EXPECT_TRUE(share_changes(std::vector<Share>(60, {0, 0})).empty());
  EXPECT_TRUE(level_changes(std::vector<double>{1, 1, 1, 9, 9}).empty());
}

TEST(ChangePoints, LevelOfAnObviousJump_IsFoundAtItsNight) {
  std::vector<double> series;
  for (int night = 0; night < 30; ++night)
    series.push_back(night < 20 ? night % 5 : 10 + night % 4);
  const auto changes = level_changes(series);
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].first, 20U);
  EXPECT_LE(changes[0].p, 0.001);
  std::reverse(series.begin(), series.end());
  ASSERT_EQ(level_changes(series).size(), 1U);
  EXPECT_EQ(level_changes(series)[0].first, 10U);
}

TEST(ChangePoints, TwoJumps_AreBothFound_InOrder) {
  std::vector<double> level;
  std::vector<Share> share;
  for (int night = 0; night < 45; ++night) {
    const bool high = night >= 15 && night < 30;
    level.push_back((high ? 100 : 0) + night % 7);
    share.push_back({high ? 20U : 1U, 40});
  }
  for (const auto& changes : {level_changes(level), share_changes(share)}) {
    ASSERT_EQ(changes.size(), 2U);
    EXPECT_EQ(changes[0].first, 15U);
    EXPECT_EQ(changes[1].first, 30U);
  }
}

TEST(ChangePoints, OneStrangeNight_IsNoChangeOfALevel) {
  std::vector<double> series;
  for (int night = 0; night < 30; ++night) series.push_back(night % 6);
  series[14] = 1e9;
  EXPECT_TRUE(level_changes(series).empty());
}

TEST(ChangePoints, SameSeed_GivesTheSamePValue) {
  base::Prng random(7);
  const auto series = times(random, 30, 22, 2);
  EXPECT_EQ(level_changes(series), level_changes(series));
}

TEST(ChangePoints, PValueOfALevel_IsTheShareOfAllOrders) {
  // Ten values, of which the last four are the largest. An order is as extreme if a step after
  // four, five or six values separates completely; the terms that are subtracted and added are
  // orders in which several of these do.
  const std::vector<double> series = {3, 1, 5, 2, 6, 4, 9, 7, 10, 8};
  const double one = 2.0 / 210;
  const double share = 2 * one + 2.0 / 252 - 2 * one / 6 - one / 15 + one / 30;
  const auto changes = level_changes(series, {.alpha = 1, .permutations = 99'999, .seed = 3});
  const auto first = std::find_if(changes.begin(), changes.end(),
                                  [](const ChangePoint& change) { return change.first == 6; });
  ASSERT_NE(first, changes.end());
  EXPECT_NEAR(first->p, 2 * share, 0.002);  // half of alpha is for stretches
}

/// Flat series: how many have a mark. Printed, and at most twice alpha.
TEST(ChangePoints, FlatSeries_RarelyHaveAMark) {
  const std::size_t count = series_of_trial(150);
  base::Prng random(20'261'201);
  std::size_t level_marks = 0;
  std::size_t share_marks = 0;
  std::size_t scattered_marks = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (!level_changes(times(random, 30, 30, 0), {.permutations = 999}).empty()) ++level_marks;
    if (!share_changes(shares(random, 30, 30, 0.05, 0.05)).empty()) ++share_marks;
    if (!share_changes(scattered_shares(random, 30)).empty()) ++scattered_marks;
  }
  const auto percent = [&](std::size_t marks) {
    return 100 * static_cast<double>(marks) / static_cast<double>(count);
  };
  std::printf("flat series of 30 nights with a mark: times %.2f %%, rates %.2f %% (of %zu)\n",
              percent(level_marks), percent(share_marks), count);
  EXPECT_LE(percent(level_marks), 2);
  EXPECT_LE(percent(share_marks), 2);
  std::printf("if all runs of a night tend to fail together: rates %.2f %%\n",
              percent(scattered_marks));
  EXPECT_LE(percent(scattered_marks), 2);
}

/// Nights from a jump on until it is marked, of 30 that were flat; 0 if 20 are not enough.
template <class Series, class Find>
std::size_t nights_until_marked(const Series& series, const Find& find) {
  for (std::size_t after = 1; after <= 20; ++after) {
    const auto changes =
        find(Series(series.begin(), series.begin() + 30 + static_cast<std::ptrdiff_t>(after)));
    if (!changes.empty()) return after;
  }
  return 0;
}

struct Delays {
  std::vector<double> nights;
  std::size_t missed = 0;
  void add(std::size_t delay) {
    if (delay == 0) ++missed;
    nights.push_back(delay == 0 ? 21 : static_cast<double>(delay));
  }
  /// The number of nights within which this share of the jumps is marked.
  [[nodiscard]] double quantile(double share) {
    std::sort(nights.begin(), nights.end());
    return nights[static_cast<std::size_t>(share * static_cast<double>(nights.size() - 1))];
  }
};

TEST(ChangePoints, JumpOfThreeSigma_IsMarkedWithinFewNights) {
  const std::size_t count = std::max<std::size_t>(series_of_trial(90) / 3, 10);
  base::Prng random(20'261'202);
  Delays level;
  Delays share;
  // Three standard deviations of a night: with 5 % of 40 runs, sigma is 3.4 %.
  const double after = 0.05 + 3 * std::sqrt(0.05 * 0.95 / 40);
  for (std::size_t i = 0; i < count; ++i) {
    level.add(nights_until_marked(times(random, 50, 30, 3), [](const auto& series) {
      return level_changes(series, {.permutations = 999});
    }));
    share.add(nights_until_marked(shares(random, 50, 30, 0.05, after),
                                  [](const auto& series) { return share_changes(series); }));
  }
  for (auto* delays : {&level, &share}) {
    std::printf(
        "jump of 3 sigma after 30 nights, %s: marked within %.0f nights in half of the "
        "series, within %.0f in 90 %%; not within 20: %zu of %zu\n",
        delays == &level ? "times" : "rates", delays->quantile(0.5), delays->quantile(0.9),
        delays->missed, count);
    EXPECT_LE(delays->quantile(0.5), 5);
    EXPECT_LE(delays->quantile(0.9), 8);
  }
}

}  // namespace
}  // namespace capsize::harness

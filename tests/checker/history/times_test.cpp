#include "checker/history/times.h"

#include <gtest/gtest.h>

#include <limits>

namespace capsize::checker {
namespace {

TEST(TimesTest, TimeBetween_WhatSixtyFourBitsDoNotHold_IsTheFurthestThatTheyDo) {
  using Limits = std::numeric_limits<std::int64_t>;
  EXPECT_EQ(time_between(3, 10), 7);
  EXPECT_EQ(time_between(10, 3), -7);
  EXPECT_EQ(time_between(Limits::min(), Limits::max()), Limits::max());
  EXPECT_EQ(time_between(Limits::max(), Limits::min()), Limits::min());
  EXPECT_EQ(time_between(1, Limits::min()), Limits::min());
}

}  // namespace
}  // namespace capsize::checker

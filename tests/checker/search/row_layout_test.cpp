// Which of two configurations dominates the other.
#include "checker/search/row_layout.h"

#include <gtest/gtest.h>

#include <vector>

namespace capsize::checker {
namespace {

using Row = std::vector<std::uint64_t>;

class RowLayoutTest : public ::testing::Test {
 protected:
  // A write and two cas that leave one value, and a cas that leaves another one.
  RowLayout layout_{3, {{3, false, true}, {3, true, false}, {3, true, false}, {70'000, false}}};

  Row row(std::vector<std::uint32_t> counts) {
    Row row(layout_.width());
    for (std::size_t one = 0; one < counts.size(); ++one) {
      for (std::uint32_t i = 0; i < counts[one]; ++i) layout_.add_one(row.data(), one);
      EXPECT_EQ(layout_.count(row.data(), one), counts[one]);
    }
    return row;
  }
  bool dominates(const Row& one, const Row& other) {
    return layout_.dominates(one.data(), other.data());
  }
};

TEST_F(RowLayoutTest, SmallerCounts_Dominate) {
  EXPECT_TRUE(dominates(row({1, 1, 1, 5}), row({1, 1, 1, 5})));
  EXPECT_TRUE(dominates(row({1, 0, 1, 5}), row({1, 1, 1, 70'000})));
  EXPECT_FALSE(dominates(row({1, 0, 1, 6}), row({1, 1, 1, 5})));
  EXPECT_FALSE(dominates(row({0, 0, 2, 0}), row({0, 2, 1, 0})));
}

TEST_F(RowLayoutTest, WritesThatWereSpared_MakeGoodForCasOfTheSameValue) {
  EXPECT_TRUE(dominates(row({0, 1, 1}), row({2, 0, 0})));
  EXPECT_FALSE(dominates(row({0, 2, 1}), row({2, 0, 0}))) << "three for two";
  EXPECT_FALSE(dominates(row({1, 0, 0}), row({0, 3, 3}))) << "a cas cannot stand in for a write";
  EXPECT_FALSE(dominates(row({0, 0, 0, 1}), row({3, 0, 0, 0}))) << "it is another value";
}

TEST_F(RowLayoutTest, MoreThatIsSafe_LessThatIsUsed_Dominates) {
  Row safe = row({}), used = row({});
  safe[layout_.safe()] = 0b011;
  used[layout_.used()] = 0b100;
  EXPECT_TRUE(dominates(safe, row({})));
  EXPECT_FALSE(dominates(row({}), safe));
  EXPECT_TRUE(dominates(row({}), used));
  EXPECT_FALSE(dominates(used, row({})));
}

TEST_F(RowLayoutTest, WhatIsNotTracked_IsNotCompared) {
  layout_.track_nothing();
  EXPECT_TRUE(dominates(row({0, 3, 3, 9}), row({0, 0, 0, 0})));
  layout_.track(2);
  EXPECT_TRUE(layout_.is_tracked(0)) << "with all that leave the same value";
  EXPECT_FALSE(layout_.is_tracked(3));
  EXPECT_FALSE(dominates(row({0, 3, 3, 0}), row({0, 0, 0, 0})));
  EXPECT_TRUE(dominates(row({0, 0, 0, 9}), row({0, 0, 0, 0})));
}

}  // namespace
}  // namespace capsize::checker

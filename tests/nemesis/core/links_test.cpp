#include "nemesis/links.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace capsize::nemesis {
namespace {

using testing::UnorderedElementsAre;

TEST(Links, Boundary_BothWays_JoinsTheNodesToEveryOther) {
  EXPECT_THAT(boundary({0}, 3, Direction::kBoth),
              UnorderedElementsAre(Link{0, 1}, Link{0, 2}, Link{1, 0}, Link{2, 0}));
}

TEST(Links, Boundary_OneWay_IsHalfOfIt) {
  EXPECT_THAT(boundary({0}, 3, Direction::kOutbound), UnorderedElementsAre(Link{0, 1}, Link{0, 2}));
  EXPECT_THAT(boundary({0}, 3, Direction::kInbound), UnorderedElementsAre(Link{1, 0}, Link{2, 0}));
}

TEST(Links, Boundary_OfHalves_LeavesLinksWithinEachHalf) {
  const auto links = boundary({0, 1}, 5, Direction::kBoth);
  EXPECT_EQ(links.size(), 12U);
  EXPECT_THAT(links, testing::Not(testing::Contains(Link{0, 1})));
}

TEST(Links, Boundary_OfEverybody_IsEmpty) {
  EXPECT_TRUE(boundary({0, 1, 2}, 3, Direction::kBoth).empty());
}

TEST(Links, Touching_All_IsEveryLink) {
  EXPECT_EQ(touching({0, 1, 2, 3, 4}, 5).size(), 20U);
  EXPECT_EQ(touching({2}, 5).size(), 8U);
}

}  // namespace
}  // namespace capsize::nemesis

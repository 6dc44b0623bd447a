#include "nemesis/faults/families/link_faults.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace capsize::nemesis {
namespace {

using testing::UnorderedElementsAre;

Injection injection(std::vector<Node> nodes, const char* direction = "both",
                    std::vector<Node> peers = {}) {
  return {
      .nodes = std::move(nodes), .peers = std::move(peers), .params = {{"direction", direction}}};
}

TEST(Links, Boundary_BothDirections_ConnectsTheNodesWithAllOthers) {
  EXPECT_THAT(boundary_links(injection({0}, "both"), 3),
              UnorderedElementsAre(Link{0, 1}, Link{0, 2}, Link{1, 0}, Link{2, 0}));
}

TEST(Links, Boundary_OneDirection_IsHalfOfIt) {
  EXPECT_THAT(boundary_links(injection({0}, "outbound"), 3),
              UnorderedElementsAre(Link{0, 1}, Link{0, 2}));
  EXPECT_THAT(boundary_links(injection({0}, "inbound"), 3),
              UnorderedElementsAre(Link{1, 0}, Link{2, 0}));
}

TEST(Links, Boundary_OfTwoSides_ExcludesLinksWithinASide) {
  const auto links = boundary_links(injection({0, 1}, "both"), 5);
  EXPECT_EQ(links.size(), 12U);
  EXPECT_THAT(links, testing::Not(testing::Contains(Link{0, 1})));
}

TEST(Links, Boundary_OfAllNodes_IsEmpty) {
  EXPECT_TRUE(boundary_links(injection({0, 1, 2}, "both"), 3).empty());
}

TEST(Links, Boundary_WithPeers_IsOnlyTheLinksToThem) {
  EXPECT_THAT(boundary_links(injection({0}, "both", {2}), 5),
              UnorderedElementsAre(Link{0, 2}, Link{2, 0}));
  EXPECT_THAT(boundary_links(injection({0}, "outbound", {2}), 5), UnorderedElementsAre(Link{0, 2}));
}

TEST(Links, Incident_OfAllNodes_IsEveryLink) {
  EXPECT_EQ(incident_links(injection({0, 1, 2, 3, 4}), 5).size(), 20U);
  EXPECT_EQ(incident_links(injection({2}), 5).size(), 8U);
}

}  // namespace
}  // namespace capsize::nemesis

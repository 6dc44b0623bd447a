// Network faults that cut other links than a boundary: which ones.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "fake_cluster.h"
#include "nemesis/model/fault_kind.h"

namespace capsize::nemesis {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// One injection into a fake cluster, and the links that it cuts.
struct InjectedCut {
  InjectedCut(std::string_view kind, std::uint64_t id, std::size_t size, std::vector<Node> nodes)
      : cluster(size),
        result(FaultKinds::instance().find(kind)->begin({.id = id, .nodes = std::move(nodes)},
                                                        cluster)) {
    const auto& links = cluster.rule_links[id];
    cut.insert(links.begin(), links.end());
  }
  /// Returns the nodes whose messages reach `node`, itself included.
  [[nodiscard]] std::set<Node> heard_by(Node node) const {
    std::set<Node> heard;
    for (Node other = 0; other < cluster.state.nodes.size(); ++other) {
      if (!cut.contains({other, node})) heard.insert(other);
    }
    return heard;
  }
  FakeCluster cluster;
  ActionResult result;
  std::set<Link> cut;
};

TEST(Ring, OfAnySize_ConnectsEachNodeToADifferentMajority) {
  for (const std::size_t size : {4U, 5U, 6U, 7U, 9U}) {
    std::vector<Node> nodes(size);
    for (Node node = 0; node < size; ++node) nodes[node] = node;
    const InjectedCut ring("ring", 7, size, nodes);
    ASSERT_TRUE(ring.result.done);
    EXPECT_EQ(ring.cluster.rules.at(7)["kind"], "cut");
    std::set<std::set<Node>> views;
    for (const Node node : nodes) {
      EXPECT_GE(ring.heard_by(node).size(), size / 2 + 1);
      views.insert(ring.heard_by(node));
    }
    EXPECT_EQ(views.size(), size);
    for (const auto& [from, to] : ring.cut) EXPECT_TRUE(ring.cut.contains({to, from}));
  }
}

TEST(Ring, OfDifferentFaults_Differs) {
  std::set<std::set<Link>> rings;
  for (std::uint64_t id = 1; id <= 20; ++id) {
    rings.insert(InjectedCut("ring", id, 5, {0, 1, 2, 3, 4}).cut);
  }
  EXPECT_GT(rings.size(), 5U) << "of the twelve possible ones";
}

TEST(Ring, OfThreeNodes_IsRefusedWithTheReason) {
  const InjectedCut ring("ring", 1, 3, {0, 1, 2});
  EXPECT_FALSE(ring.result.done);
  EXPECT_THAT(ring.result.reason, HasSubstr("no link"));
}

TEST(Bridge, BridgeNode_ReachesBothSides_WhichDoNotReachEachOther) {
  std::set<Node> bridges;
  for (std::uint64_t id = 0; id < 3; ++id) {
    const InjectedCut bridge("bridge", id, 5, {0, 1});
    ASSERT_TRUE(bridge.result.done);
    EXPECT_EQ(bridge.cluster.rules.at(id)["kind"], "cut");
    for (const Node node : {2U, 3U, 4U}) {
      if (bridge.heard_by(node).size() == 5) {
        bridges.insert(node);
      } else {
        EXPECT_THAT(bridge.heard_by(node), ElementsAre(2, 3, 4));
      }
    }
    EXPECT_EQ(bridge.heard_by(0).size(), 3U);
    EXPECT_EQ(bridge.heard_by(1), bridge.heard_by(0));
  }
  EXPECT_THAT(bridges, ElementsAre(2, 3, 4)) << "the bridge varies with the fault";
}

TEST(CutClients, WithoutALostMessage_IsNotProven) {
  const FaultKind& kind = *FaultKinds::instance().find("cut-clients");
  const auto evidence = [](int requests, int replies) {
    return base::Json{{"end", {{"n1", {{"requests-lost", requests}, {"replies-lost", replies}}}}}};
  };
  EXPECT_FALSE(kind.is_proven(evidence(0, 0)));
  EXPECT_TRUE(kind.is_proven(evidence(1, 0)));
  EXPECT_TRUE(kind.is_proven(evidence(0, 1)));
}

}  // namespace
}  // namespace capsize::nemesis

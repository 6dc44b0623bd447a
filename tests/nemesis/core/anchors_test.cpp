#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nemesis/engine/watch_list.h"
#include "nemesis/model/anchor.h"
#include "stage.h"

namespace capsize::nemesis {
namespace {

using namespace std::chrono_literals;
using base::Json;

class Anchors : public testing::Test {
 protected:
  void arm(const Json& anchor) {
    auto parsed = parse_anchor(anchor);
    ASSERT_TRUE(parsed) << parsed.error().message;
    handle = watches.arm(parsed.value(), 0ms);
  }
  bool fired(base::Duration now = 1ms) {
    watches.take_events();
    return handle->fired(now);
  }
  bool traced(TraceEvent event) {
    cluster.events.push_back(std::move(event));
    return fired();
  }
  FakeCluster cluster{3};
  WatchList watches{cluster};
  std::unique_ptr<WatchList::Handle> handle;
};

TEST_F(Anchors, Leader_OfANodeInATermForTheNthTime) {
  arm({{"leader", {{"node", "n2"}, {"term-above", 4}, {"count", 2}}}});
  EXPECT_FALSE(traced({.node = 1, .event = "role", .role = "leader", .term = 4}));
  EXPECT_FALSE(traced({.node = 0, .event = "role", .role = "leader", .term = 5}));
  EXPECT_FALSE(traced({.node = 1, .event = "role", .role = "leader", .term = 6}));
  EXPECT_FALSE(traced({.node = 1, .event = "role", .role = "follower", .term = 7}));
  EXPECT_TRUE(traced({.node = 1, .event = "role", .role = "leader", .term = 8}));
}

TEST_F(Anchors, WhatHappenedBefore_DoesNotFire) {
  cluster.events.push_back({.node = 1, .event = "role", .role = "leader", .term = 9});
  arm("leader");
  EXPECT_FALSE(fired());
}

TEST_F(Anchors, Election_IsSomebodyStanding) {
  arm("election");
  EXPECT_FALSE(traced({.event = "role", .role = "follower"}));
  EXPECT_TRUE(traced({.event = "role", .role = "precandidate"}));
}

TEST_F(Anchors, Snapshot_OwnOrSent) {
  arm({{"snapshot", {{"of", "sent"}}}});
  EXPECT_FALSE(traced({.event = "snapshot"}));
  EXPECT_TRUE(traced({.event = "install"}));
  arm({{"snapshot", {{"of", "own"}}}});
  EXPECT_FALSE(traced({.event = "install"}));
  EXPECT_TRUE(traced({.event = "snapshot"}));
  arm({{"snapshot", {{"moment", "begun"}}}});
  EXPECT_FALSE(traced({.event = "snapshot"}));
  EXPECT_TRUE(traced({.event = "snapshot-begin"}));
}

TEST_F(Anchors, MembershipChangeAndStart_AreTraced) {
  arm("membership-change");
  EXPECT_TRUE(traced({.event = "config"}));
  arm({{"start", {{"node", "n3"}}}});
  EXPECT_FALSE(traced({.node = 1, .event = "start"}));
  EXPECT_TRUE(traced({.node = 2, .event = "start"}));
}

TEST_F(Anchors, Acknowledged_CountsFromTheArming) {
  cluster.state.acknowledged = 100;
  arm({{"acknowledged", {{"count", 50}}}});
  cluster.state.acknowledged = 149;
  EXPECT_FALSE(fired());
  cluster.state.acknowledged = 150;
  EXPECT_TRUE(fired());
}

TEST_F(Anchors, Recovered_IsAWriteThroughEveryRunningNode) {
  arm("recovered");
  cluster.state.nodes[0].writes = cluster.state.nodes[1].writes = 1;
  EXPECT_FALSE(fired());
  cluster.state.nodes[2].running = false;
  EXPECT_TRUE(fired());
  cluster.state.nodes[2].running = true;
  EXPECT_FALSE(fired());
  cluster.state.nodes[2].writes = 1;
  EXPECT_TRUE(fired());
}

TEST_F(Anchors, Fault_ByLabelKindAndMoment) {
  arm({{"fault", {{"label", "a"}, {"moment", "ended"}}}});
  watches.fault("a", "kill", true);
  watches.fault("b", "kill", false);
  EXPECT_FALSE(fired());
  watches.fault("a", "kill", false);
  EXPECT_TRUE(fired());
  arm({{"fault", {{"kind", "cut"}, {"count", 2}}}});
  watches.fault("", "cut", true);
  EXPECT_FALSE(fired());
  watches.fault("", "cut", true);
  EXPECT_TRUE(fired());
}

TEST_F(Anchors, Told_IsTheWord) {
  arm({{"trigger", {{"name", "now"}}}});
  watches.trigger("go");
  EXPECT_FALSE(fired());
  watches.trigger("now");
  EXPECT_TRUE(fired());
}

TEST_F(Anchors, Elapsed_IsTimeSinceTheArming) {
  arm({{"elapsed", {{"time", "20ms"}}}});
  EXPECT_FALSE(fired(19ms));
  EXPECT_TRUE(fired(20ms));
}

TEST_F(Anchors, Message_CountsAtTheProxy_AndLeavesNoRule) {
  cluster.proxy_evidence = {{"seen", 2}};
  arm({{"message", {{"type", "InstallSnapshot"}, {"from", "n1"}, {"count", 3}}}});
  EXPECT_EQ(cluster.calls.back(), "install watch 2");
  EXPECT_EQ(cluster.rules.begin()->second["only"]["types"], Json::array({"InstallSnapshot"}));
  EXPECT_FALSE(fired());
  cluster.proxy_evidence = {{"seen", 3}};
  EXPECT_TRUE(fired());
  handle.reset();
  EXPECT_TRUE(cluster.rules.empty());
}

// The contract of every kind: it can be armed with its defaults, does not fire by itself at once,
// and leaves nothing behind. Recovery is the exception where nobody serves.
TEST_F(Anchors, EveryKind_ArmsWithItsDefaultsAndLeavesNothingBehind) {
  cluster.proxy_evidence = {{"seen", 0}};
  for (const auto& kind : AnchorKinds::instance().all()) {
    arm(std::string(kind->name()));
    EXPECT_FALSE(fired()) << kind->name();
    EXPECT_FALSE(kind->summary().empty());
    handle.reset();
    EXPECT_TRUE(cluster.rules.empty()) << kind->name();
    EXPECT_TRUE(watches.empty()) << kind->name();
  }
}

}  // namespace
}  // namespace capsize::nemesis

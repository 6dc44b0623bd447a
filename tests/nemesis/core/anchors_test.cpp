#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nemesis/engine/watch_list.h"
#include "nemesis/model/anchor.h"
#include "simulated_run.h"

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
  bool has_fired(base::Duration now = 1ms) {
    watches.take_events();
    return handle->has_fired(now);
  }
  bool on_trace(TraceEvent event) {
    cluster.events.push_back(std::move(event));
    return has_fired();
  }
  FakeCluster cluster{3};
  WatchList watches{cluster};
  std::unique_ptr<WatchList::Handle> handle;
};

TEST_F(Anchors, Leader_OfANodeAboveATerm_FiresAtTheNthElection) {
  arm({{"leader", {{"node", "n2"}, {"term-above", 4}, {"count", 2}}}});
  EXPECT_FALSE(on_trace({.node = 1, .event = "role", .role = "leader", .term = 4}));
  EXPECT_FALSE(on_trace({.node = 0, .event = "role", .role = "leader", .term = 5}));
  EXPECT_FALSE(on_trace({.node = 1, .event = "role", .role = "leader", .term = 6}));
  EXPECT_FALSE(on_trace({.node = 1, .event = "role", .role = "follower", .term = 7}));
  EXPECT_TRUE(on_trace({.node = 1, .event = "role", .role = "leader", .term = 8}));
}

TEST_F(Anchors, EventsBeforeArming_DoNotFire) {
  cluster.events.push_back({.node = 1, .event = "role", .role = "leader", .term = 9});
  arm("leader");
  EXPECT_FALSE(has_fired());
}

TEST_F(Anchors, Election_FiresWhenANodeBecomesCandidate) {
  arm("election");
  EXPECT_FALSE(on_trace({.event = "role", .role = "follower"}));
  EXPECT_TRUE(on_trace({.event = "role", .role = "precandidate"}));
}

TEST_F(Anchors, Snapshot_DistinguishesOwnAndReceivedOnes) {
  arm({{"snapshot", {{"of", "sent"}}}});
  EXPECT_FALSE(on_trace({.event = "snapshot"}));
  EXPECT_TRUE(on_trace({.event = "install"}));
  arm({{"snapshot", {{"of", "own"}}}});
  EXPECT_FALSE(on_trace({.event = "install"}));
  EXPECT_TRUE(on_trace({.event = "snapshot"}));
  arm({{"snapshot", {{"moment", "begun"}}}});
  EXPECT_FALSE(on_trace({.event = "snapshot"}));
  EXPECT_TRUE(on_trace({.event = "snapshot-begin"}));
}

TEST_F(Anchors, MembershipChangeAndStart_FireOnTheirTrace) {
  arm("membership-change");
  EXPECT_TRUE(on_trace({.event = "config"}));
  arm({{"start", {{"node", "n3"}}}});
  EXPECT_FALSE(on_trace({.node = 1, .event = "start"}));
  EXPECT_TRUE(on_trace({.node = 2, .event = "start"}));
}

TEST_F(Anchors, Acknowledged_CountsFromArming) {
  cluster.state.acknowledged = 100;
  arm({{"acknowledged", {{"count", 50}}}});
  cluster.state.acknowledged = 149;
  EXPECT_FALSE(has_fired());
  cluster.state.acknowledged = 150;
  EXPECT_TRUE(has_fired());
}

TEST_F(Anchors, Recovered_NeedsAWriteThroughEveryRunningNode) {
  arm("recovered");
  cluster.state.nodes[0].writes = cluster.state.nodes[1].writes = 1;
  EXPECT_FALSE(has_fired());
  cluster.state.nodes[2].running = false;
  EXPECT_TRUE(has_fired());
  cluster.state.nodes[2].running = true;
  EXPECT_FALSE(has_fired());
  cluster.state.nodes[2].writes = 1;
  EXPECT_TRUE(has_fired());
}

TEST_F(Anchors, Fault_FiltersByLabelKindAndMoment) {
  arm({{"fault", {{"label", "a"}, {"moment", "ended"}}}});
  watches.notify_fault("a", "kill", true);
  watches.notify_fault("b", "kill", false);
  EXPECT_FALSE(has_fired());
  watches.notify_fault("a", "kill", false);
  EXPECT_TRUE(has_fired());
  arm({{"fault", {{"kind", "cut"}, {"count", 2}}}});
  watches.notify_fault("", "cut", true);
  EXPECT_FALSE(has_fired());
  watches.notify_fault("", "cut", true);
  EXPECT_TRUE(has_fired());
}

TEST_F(Anchors, Trigger_FiresOnItsNameOnly) {
  arm({{"trigger", {{"name", "now"}}}});
  watches.trigger("go");
  EXPECT_FALSE(has_fired());
  watches.trigger("now");
  EXPECT_TRUE(has_fired());
}

TEST_F(Anchors, Elapsed_MeasuresTimeSinceArming) {
  arm({{"elapsed", {{"time", "20ms"}}}});
  EXPECT_FALSE(has_fired(19ms));
  EXPECT_TRUE(has_fired(20ms));
}

TEST_F(Anchors, Message_CountsAtTheProxyAndRemovesItsRule) {
  cluster.proxy_evidence = {{"seen", 2}};
  arm({{"message", {{"type", "InstallSnapshot"}, {"from", "n1"}, {"count", 3}}}});
  EXPECT_EQ(cluster.calls.back(), "install watch 2");
  EXPECT_EQ(cluster.rules.begin()->second["only"]["types"], Json::array({"InstallSnapshot"}));
  EXPECT_FALSE(has_fired());
  cluster.proxy_evidence = {{"seen", 3}};
  EXPECT_TRUE(has_fired());
  handle.reset();
  EXPECT_TRUE(cluster.rules.empty());
}

// The contract of every kind: it can be armed with its defaults, does not fire without an event,
// and releases everything when it is disarmed.
TEST_F(Anchors, EveryKind_ArmsWithItsDefaultsAndReleasesEverything) {
  cluster.proxy_evidence = {{"seen", 0}};
  for (const auto& kind : AnchorKinds::instance().all()) {
    arm(std::string(kind->name()));
    EXPECT_FALSE(has_fired()) << kind->name();
    EXPECT_FALSE(kind->summary().empty());
    handle.reset();
    EXPECT_TRUE(cluster.rules.empty()) << kind->name();
    EXPECT_TRUE(watches.empty()) << kind->name();
  }
}

}  // namespace
}  // namespace capsize::nemesis

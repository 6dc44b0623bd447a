// The faults that change the membership or the leader, against a fake cluster.

#include <gtest/gtest.h>

#include "nemesis/model/fault_kind.h"
#include "nemesis/plan/strategy.h"
#include "tests/nemesis/core/fake_cluster.h"

namespace capsize::nemesis {
namespace {

const FaultKind& kind(const char* name) {
  return *FaultKinds::instance().find(name);
}

class MembershipFaults : public testing::Test {
 protected:
  ActionResult begin(const char* name, Node node) {
    const ActionResult result = kind(name).begin({.nodes = {node}}, cluster);
    evidence = result.evidence;
    return result;
  }
  bool end(const char* name, Node node) {
    const ActionResult result = kind(name).end({.nodes = {node}}, cluster);
    return result.done && kind(name).is_proven({{"begin", evidence}, {"end", result.evidence}});
  }
  FakeCluster cluster{3, 1};
  base::Json evidence;
};

TEST_F(MembershipFaults, Grow_AddsTheSpareAndRemovesIt) {
  EXPECT_TRUE(begin("grow", 0).done);
  EXPECT_EQ(cluster.state.members, (std::vector<Node>{0, 1, 2, 3}));
  EXPECT_TRUE(end("grow", 0));
  EXPECT_EQ(cluster.state.members, (std::vector<Node>{0, 1, 2}));
}

TEST_F(MembershipFaults, Shrink_RemovesTheTargetAndAddsItAgain) {
  EXPECT_TRUE(begin("shrink", 1).done);
  EXPECT_EQ(cluster.state.members, (std::vector<Node>{0, 2}));
  EXPECT_TRUE(end("shrink", 1));
  EXPECT_EQ(cluster.state.members, (std::vector<Node>{0, 1, 2}));
}

TEST_F(MembershipFaults, Replace_PutsTheSpareInThePlaceOfTheTarget) {
  EXPECT_TRUE(begin("replace", 0).done);
  EXPECT_EQ(cluster.state.members, (std::vector<Node>{1, 2, 3}));
  EXPECT_TRUE(end("replace", 0));
  EXPECT_EQ(cluster.state.members, (std::vector<Node>{0, 1, 2}));
}

TEST_F(MembershipFaults, RequestChange_RequestsTheseMembersAndRestoresThem) {
  const Injection injection{.nodes = {1}, .params = {{"members", "n1,n4"}}};
  const ActionResult begun = kind("request-change").begin(injection, cluster);
  ASSERT_TRUE(begun.done);
  EXPECT_EQ(cluster.state.members, (std::vector<Node>{0, 3}));
  const ActionResult ended = kind("request-change").end(injection, cluster);
  EXPECT_EQ(cluster.state.members, (std::vector<Node>{0, 1, 2}));
  EXPECT_TRUE(
      kind("request-change").is_proven({{"begin", begun.evidence}, {"end", ended.evidence}}));
}

TEST_F(MembershipFaults, RequestChange_OfNodesThatDoNotExist_IsNoFault) {
  for (const char* members : {"n5", "x", "n1,,n2", "n1, n2"}) {
    const Injection injection{.nodes = {1}, .params = {{"members", members}}};
    EXPECT_FALSE(kind("request-change").begin(injection, cluster).done) << members;
  }
}

TEST_F(MembershipFaults, SecondChange_IsRefusedWhileOneIsActive) {
  EXPECT_TRUE(begin("shrink", 1).done);
  const ActionResult second = begin("grow", 0);
  EXPECT_FALSE(second.done);
  EXPECT_EQ(second.reason, "another membership change is active");
}

TEST_F(MembershipFaults, WithoutASpare_GrowAndReplaceAreRefused) {
  cluster.state.nodes[3].running = false;
  EXPECT_FALSE(begin("grow", 0).done);
  EXPECT_FALSE(begin("replace", 0).done);
}

TEST_F(MembershipFaults, RefusedChange_IsNoFault) {
  cluster.change_works = false;
  EXPECT_FALSE(begin("shrink", 1).done);
}

TEST_F(MembershipFaults, FailedRestoration_IsNotProven) {
  EXPECT_TRUE(begin("shrink", 1).done);
  cluster.change_works = false;
  EXPECT_FALSE(end("shrink", 1));
}

TEST_F(MembershipFaults, Transfer_GoesToARunningNodeThatDoesNotLead) {
  cluster.state.leader = 1;
  cluster.state.nodes[2].paused = true;
  EXPECT_TRUE(begin("transfer", 1).done);
  EXPECT_EQ(cluster.calls.back(), "transfer n1");
  EXPECT_TRUE(end("transfer", 1));
}

TEST_F(MembershipFaults, Spares_AreNotTargeted) {
  base::Prng prng(1);
  const auto all = resolve(
      Target::kAll, cluster.state, [](Node) { return true; }, {}, prng);
  EXPECT_EQ(all, (std::vector<Node>{0, 1, 2}));
}

TEST_F(MembershipFaults, OnlyANamedStrategyNeedsSpares) {
  EXPECT_GT(Strategies::instance().find("membership")->spares(), 0U);
  EXPECT_EQ(Strategies::instance().find("kill")->spares(), 0U);
}

}  // namespace
}  // namespace capsize::nemesis

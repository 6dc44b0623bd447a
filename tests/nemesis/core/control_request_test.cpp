// Faults that are made and healed by asking a node, when it does not answer or cannot.
#include "nemesis/faults/families/control_faults.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake_cluster.h"
#include "nemesis/model/fault_kind.h"
#include "nemesis/model/parameters.h"

namespace capsize::nemesis {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;
using testing::StartsWith;

const base::Json kHeal = {{"op", "disk"}, {"sync-delay", "0s"}};

Injection injection(std::string_view kind) {
  const auto& declared = FaultKinds::instance().find(kind)->parameters();
  return {.id = 1, .nodes = {0}, .params = with_defaults(declared, base::Json::object())};
}

TEST(AskToHeal, NodeThatIsDown_HasNothingToHeal) {
  FakeCluster cluster(3);
  cluster.state.nodes[0].running = false;
  const ActionResult act = ask_to_heal(cluster, {0}, kHeal);
  EXPECT_TRUE(act.done);
  EXPECT_EQ(act.evidence["n1"]["down"], true);
  EXPECT_TRUE(cluster.calls.empty());
}

TEST(AskToHeal, PausedNode_IsWokenForIt) {
  FakeCluster cluster(3);
  cluster.state.nodes[0].paused = true;
  EXPECT_TRUE(ask_to_heal(cluster, {0}, kHeal).done);
  EXPECT_THAT(cluster.calls, ElementsAre("resume n1", StartsWith("control n1"), "pause n1"));
}

TEST(AskToHeal, SilentNode_IsReplaced) {
  FakeCluster cluster(3);
  cluster.silent = {0};
  const ActionResult act = ask_to_heal(cluster, {0, 1}, kHeal);
  EXPECT_TRUE(act.done);
  EXPECT_EQ(act.evidence["n1"]["replaced"], true);
  EXPECT_FALSE(act.evidence["n2"].contains("replaced"));
  EXPECT_THAT(cluster.calls, Contains("stop n1"));
  EXPECT_THAT(cluster.calls, Contains("restart n1"));
}

// A request without an answer may be carried out later, when nobody expects its fault any more.
TEST(Begin, OnASilentNode_LeavesNoRequestBehind) {
  for (const auto* kind : {"disk-error", "slow-disk", "lying-disk", "lose-unsynced"}) {
    FakeCluster cluster(3);
    cluster.silent = {0};
    EXPECT_FALSE(FaultKinds::instance().find(kind)->begin(injection(kind), cluster).done) << kind;
    EXPECT_THAT(cluster.calls, Contains("restart n1")) << kind;
    EXPECT_TRUE(cluster.state.nodes[0].running) << kind;
  }
}

TEST(Begin, ThatWasRefused_ReplacesNobody) {
  FakeCluster cluster(3);
  cluster.refuse = true;
  EXPECT_FALSE(
      FaultKinds::instance().find("slow-disk")->begin(injection("slow-disk"), cluster).done);
  EXPECT_THAT(cluster.calls, Not(Contains("restart n1")));
}

}  // namespace
}  // namespace capsize::nemesis

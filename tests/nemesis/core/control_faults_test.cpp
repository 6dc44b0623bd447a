// Faults that control requests begin and heal, at nodes that are down, paused or do not reply.
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

TEST(HealByRequest, NodeThatIsDown_NeedsNoRequest) {
  FakeCluster cluster(3);
  cluster.state.nodes[0].running = false;
  const ActionResult result = heal_by_request(cluster, {0}, kHeal);
  EXPECT_TRUE(result.done);
  EXPECT_EQ(result.evidence["n1"]["down"], true);
  EXPECT_TRUE(cluster.calls.empty());
}

TEST(HealByRequest, PausedNode_IsResumedForTheRequest) {
  FakeCluster cluster(3);
  cluster.state.nodes[0].paused = true;
  EXPECT_TRUE(heal_by_request(cluster, {0}, kHeal).done);
  EXPECT_THAT(cluster.calls, ElementsAre("resume n1", StartsWith("control n1"), "pause n1"));
}

TEST(HealByRequest, SilentNode_IsRestarted) {
  FakeCluster cluster(3);
  cluster.silent = {0};
  const ActionResult result = heal_by_request(cluster, {0, 1}, kHeal);
  EXPECT_TRUE(result.done);
  EXPECT_EQ(result.evidence["n1"]["replaced"], true);
  EXPECT_FALSE(result.evidence["n2"].contains("replaced"));
  EXPECT_THAT(cluster.calls, Contains("stop n1"));
  EXPECT_THAT(cluster.calls, Contains("restart n1"));
}

// A request without a reply may be executed later, when its effect counts as a crash.
TEST(Begin, OnASilentNode_RestartsTheProcess) {
  for (const auto* kind : {"disk-error", "slow-disk", "lying-disk", "lose-unsynced"}) {
    FakeCluster cluster(3);
    cluster.silent = {0};
    EXPECT_FALSE(FaultKinds::instance().find(kind)->begin(injection(kind), cluster).done) << kind;
    EXPECT_THAT(cluster.calls, Contains("restart n1")) << kind;
    EXPECT_TRUE(cluster.state.nodes[0].running) << kind;
  }
}

TEST(Begin, Refused_RestartsNoProcess) {
  FakeCluster cluster(3);
  cluster.refuse = true;
  EXPECT_FALSE(
      FaultKinds::instance().find("slow-disk")->begin(injection("slow-disk"), cluster).done);
  EXPECT_THAT(cluster.calls, Not(Contains("restart n1")));
}

}  // namespace
}  // namespace capsize::nemesis

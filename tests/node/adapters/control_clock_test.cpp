// The node's control requests, and its clock with faults.
#include <gtest/gtest.h>

#include "base/json.h"

#include "node/app/control.h"

namespace capsize::app {
namespace {

using base::Json;
using std::chrono::milliseconds;

base::Instant at(std::int64_t ms) {
  return base::Instant(milliseconds(ms));
}

TEST(NodeClock_, WithoutFaults_ShowsTheTrueTime) {
  NodeClock clock(at(100));
  EXPECT_EQ(clock.now(at(150)), at(150));
  EXPECT_EQ(clock.to_true(milliseconds(7)), milliseconds(7));
}

TEST(NodeClock_, Bumped_JumpsAndContinues) {
  NodeClock clock(at(0));
  clock.bump(milliseconds(50), at(10));
  EXPECT_EQ(clock.now(at(10)), at(60));
  EXPECT_EQ(clock.now(at(20)), at(70));
}

TEST(NodeClock_, BumpedBack_StandsStillInsteadOfGoingBack) {
  NodeClock clock(at(0));
  EXPECT_EQ(clock.now(at(100)), at(100));
  clock.bump(milliseconds(-30), at(100));
  EXPECT_EQ(clock.now(at(110)), at(100));
  EXPECT_EQ(clock.now(at(140)), at(110));
}

TEST(NodeClock_, Rate_AppliesFromTheChangeOn) {
  NodeClock clock(at(0));
  clock.set_rate(2, at(100));
  EXPECT_EQ(clock.now(at(150)), at(200));
  EXPECT_EQ(clock.to_true(milliseconds(10)), milliseconds(5));
  clock.set_rate(0.5, at(150));
  EXPECT_EQ(clock.now(at(170)), at(210));
}

struct ControlTest : ::testing::Test {
  Json ask(std::string_view request, bool allow_faults = true) {
    Control control(clock, disk, allow_faults);
    const ControlHooks hooks{[this] { return status; }, [this] { return snapshot; },
                             [this] { return restored; }};
    const Json answer = Json::parse(control.handle(request, at(1000), hooks));
    crashed = control.crashed();
    return answer;
  }
  std::string error(std::string_view request) {
    const Json reply = ask(request);
    EXPECT_EQ(reply["ok"], false);
    return reply.value("error", "");
  }
  NodeClock clock{at(0)};
  storage::DiskFaults disk;
  NodeStatus status;
  std::optional<raft::Index> snapshot;
  base::Status restored;
  bool crashed = false;
};

TEST_F(ControlTest, Status_HasTheDocumentedFields) {
  status.node = raft::NodeId(1);
  status.incarnation = 3;
  status.raft.role = raft::Role::kLeader;
  status.raft.leader = raft::NodeId(1);
  status.configuration.voters = {raft::NodeId(1), raft::NodeId(2)};
  status.raft.term = raft::Term(4);
  status.dropped["wrong-run"] = 2;
  status.syncs = 2;
  status.sync_times = {20, 40, 60};
  status.bytes_waiting = 5;
  EXPECT_EQ(ask(R"({"op":"status"})", /*allow_faults=*/false),
            Json::parse(R"({"ok":true,"node":"n1","incarnation":3,"role":"leader","term":4,
                "vote":null,"leader":"n1","last":0,"commit":0,"applied":0,"snapshot":0,
                "votes":true,"lost":0,
                "persisted":0,"voters":["n1","n2"],"outgoing":[],"pending":0,
                "clock":1000000000,"true-clock":1000000000,"bug":null,
                "dropped":{"wrong-run":2},"syncs":2,
                "sync-ns":{"latest":20,"longest":40,"mean":30},
                "bytes-waiting":5,"bytes-held":0})"));
}

TEST_F(ControlTest, Faults_WithoutTheFlag_AreRefused) {
  EXPECT_EQ(ask(R"({"op":"disk","fail-sync":true})", false)["error"], "faults need --allow-faults");
  EXPECT_EQ(ask(R"({"op":"clock","bump":"1s"})", false)["error"], "faults need --allow-faults");
  EXPECT_FALSE(disk.fail_sync);
}

TEST_F(ControlTest, Disk_ChangesOnlyTheGivenKeys) {
  EXPECT_EQ(ask(R"({"op":"disk","hold-unsynced":true,"sync-delay":"20ms"})"),
            Json::parse(R"({"ok":true,"bytes-held":0,"syncs-delayed":0,"syncs-stalled":0,
                            "syncs-lied":0})"));
  EXPECT_TRUE(disk.hold_unsynced);
  EXPECT_FALSE(disk.fail_sync);
  EXPECT_EQ(disk.sync_delay_ns, 20'000'000);
  ask(R"({"op":"disk","hold-unsynced":false})");
  EXPECT_FALSE(disk.hold_unsynced);
  EXPECT_EQ(disk.sync_delay_ns, 20'000'000);
}

TEST_F(ControlTest, Disk_PlansAFailureAndCancelsIt) {
  EXPECT_TRUE(
      ask(R"({"op":"disk","fail":{"call":"rename","error":"ENOSPC","after":2},"lie-syncs":3})")
          ["ok"]
              .get<bool>());
  EXPECT_EQ(disk.lying_syncs_left, 3U);
  EXPECT_FALSE(disk.enter(storage::DiskCall::kRename));
  EXPECT_EQ(disk.enter(storage::DiskCall::kRename), storage::DiskError::kNoSpace);
  EXPECT_TRUE(ask(R"({"op":"disk","fail":{"call":"sync","error":"EIO"}})")["ok"].get<bool>());
  EXPECT_TRUE(ask(R"({"op":"disk","fail":null})")["ok"].get<bool>());
  EXPECT_FALSE(disk.enter(storage::DiskCall::kSync));
}

TEST_F(ControlTest, Crash_ReportsHeldBytesAndThatTheProcessMustDie) {
  EXPECT_EQ(ask(R"({"op":"crash","keep":0.5})"), (Json{{"ok", true}, {"held", 0}, {"written", 0}}));
  EXPECT_TRUE(crashed);
}

TEST_F(ControlTest, Snapshot_ReportsWhetherItWasStarted) {
  EXPECT_EQ(ask(R"({"op":"snapshot"})"),
            (Json{{"ok", true}, {"started", false}, {"index", nullptr}}));
  snapshot = raft::Index(7);
  EXPECT_EQ(ask(R"({"op":"snapshot"})"), (Json{{"ok", true}, {"started", true}, {"index", 7}}));
}

TEST_F(ControlTest, Clock_ShowsBothTimes) {
  const Json reply = ask(R"({"op":"clock","bump":"-50ms"})");
  EXPECT_EQ(reply["clock"], 950'000'000);
  EXPECT_EQ(reply["true-clock"], 1'000'000'000);
}

TEST_F(ControlTest, RestoreVote_NeedsNoAllowFaultsAndReportsTheReasonOfARefusal) {
  EXPECT_EQ(ask(R"({"op":"restore-vote"})", /*allow_faults=*/false),
            Json::parse(R"({"ok":true,"votes":true})"));
  restored = base::Error{"it must catch up first"};
  EXPECT_EQ(error(R"({"op":"restore-vote"})"), "restore-vote: it must catch up first");
  EXPECT_EQ(error(R"({"op":"restore-vote","x":1})"), "restore-vote: expected no further keys");
}

TEST_F(ControlTest, HostileRequests_AreRefusedAndChangeNothing) {
  EXPECT_EQ(error("nonsense"), "expected one JSON object");
  EXPECT_EQ(error("{}"), "op: expected a word");
  EXPECT_EQ(error(R"({"op":"reboot"})"),
            "unknown op, expected status, restore-vote, clock, disk, crash or snapshot");
  EXPECT_EQ(error(R"({"op":"disk","fail-sync":true,"x":1})"), "unknown key x");
  EXPECT_EQ(error(R"({"op":"disk","fail-sync":1})"), "fail-sync: expected true or false");
  EXPECT_EQ(error(R"({"op":"clock","rate":0})"), "rate: expected a number from 0.01 to 100");
  EXPECT_EQ(error(R"({"op":"clock","bump":"2h"})"), "bump: at most 3600s");
  EXPECT_EQ(error(R"({"op":"clock","bump":"-1s","rate":"x"})"),
            "rate: expected a number from 0.01 to 100");
  const std::string calls =
      "fail: call: expected create, open, append, reserve, sync, truncate, rename, remove or "
      "sync-directory";
  EXPECT_EQ(error(R"({"op":"disk","fail":{"error":"EIO"}})"), calls);
  EXPECT_EQ(error(R"({"op":"disk","fail":{"call":"read","error":"EIO"}})"), calls);
  EXPECT_EQ(error(R"({"op":"disk","fail":{"call":"sync"}})"),
            "fail: error: expected EIO, ENOSPC or short");
  EXPECT_EQ(error(R"({"op":"disk","fail":{"call":"sync","error":"short"}})"),
            "fail: error: short is for append only");
  EXPECT_EQ(error(R"({"op":"disk","fail":{"call":"sync","error":"EIO","after":0}})"),
            "fail: after: expected a whole number from 1 to 1000000000");
  EXPECT_EQ(error(R"({"op":"disk","fail":7})"), "fail: expected an object or null");
  EXPECT_EQ(error(R"({"op":"disk","lie-syncs":-1})"),
            "lie-syncs: expected a whole number from 0 to 1000000000");
  EXPECT_EQ(error(R"({"op":"disk","stall":"yes"})"), "stall: expected true or false");
  EXPECT_EQ(error(R"({"op":"crash","keep":1.5})"), "keep: expected a number from 0 to 1");
  EXPECT_EQ(error(R"({"op":"crash","now":true})"), "unknown key now");
  EXPECT_EQ(error(R"({"op":"snapshot","now":true})"), "snapshot: expected no further keys");
  EXPECT_FALSE(crashed);
  EXPECT_EQ(error(std::string(kControlBytesMax + 1, ' ')), "the request is too long");
  EXPECT_FALSE(disk.fail_sync);
  EXPECT_EQ(clock.now(at(2000)), at(2000));
}

}  // namespace
}  // namespace capsize::app

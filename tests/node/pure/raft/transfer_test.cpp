// Leadership transfer (thesis 3.10), lease reads (thesis 6.4.1), and a leader whose disk hangs.

#include <gtest/gtest.h>

#include "tests/node/pure/support/raft_fixture.h"

namespace capsize::fixture {
namespace {

using raft::Refusal;
using raft::RequestVote;
using raft::Role;
using raft::TimeoutNow;

TEST(Transfer, Target_LeadsWithoutWaiting) {
  RaftFixture cluster;
  cluster.elect(1);
  cluster.propose(1, "a");
  cluster.settle();
  EXPECT_EQ(cluster.transfer(1, 2), Refusal::kNone);
  cluster.settle();
  EXPECT_EQ(cluster.state(2).role, Role::kLeader) << "although n3 has a live leader (stickiness)";
  EXPECT_EQ(cluster.state(1).leader, n(2));
}

TEST(Transfer, Transfer_WaitsUntilTheTargetHasTheWholeLog) {
  RaftFixture cluster;
  cluster.elect(1);
  cluster.hold_syncs(2);
  cluster.propose(1, "a");
  cluster.settle();
  EXPECT_EQ(cluster.transfer(1, 2), Refusal::kNone);
  EXPECT_EQ(cluster.count(kind<TimeoutNow>(1, 2)), 0U);
  cluster.auto_sync(2);
  cluster.settle();
  EXPECT_EQ(cluster.state(2).role, Role::kLeader);
}

TEST(Transfer, Proposals_AreRefusedDuringATransfer_AndAcceptedAfterItsTimeout) {
  RaftFixture cluster;
  cluster.elect(1);
  cluster.isolate(2);
  EXPECT_EQ(cluster.transfer(1, 2), Refusal::kNone);
  EXPECT_EQ(cluster.propose(1, "a"), std::nullopt);
  EXPECT_EQ(cluster.transfer(1, 3), Refusal::kInProgress);
  for (int i = 0; i < 7; ++i) {
    cluster.heartbeat(1);
    cluster.settle();
  }
  EXPECT_EQ(cluster.state(1).role, Role::kLeader);
  EXPECT_TRUE(cluster.propose(1, "b").has_value());
}

TEST(Transfer, LostTimeoutNow_IsSentAgain) {
  RaftFixture cluster;
  cluster.elect(1);
  EXPECT_EQ(cluster.transfer(1, 2), Refusal::kNone);
  cluster.drop(kind<TimeoutNow>(1, 2));
  cluster.heartbeat(1);
  EXPECT_EQ(cluster.count(kind<TimeoutNow>(1, 2)), 1U);
  cluster.settle();
  EXPECT_EQ(cluster.state(2).role, Role::kLeader);
}

TEST(Transfer, Target_ThatCannotLead_IsRefused) {
  FixtureSetup setup;
  setup.spares = 1;
  RaftFixture cluster(setup);
  cluster.elect(1);
  EXPECT_EQ(cluster.transfer(1, 1), Refusal::kNoChange);
  EXPECT_EQ(cluster.transfer(1, 4), Refusal::kNotAMember);
  EXPECT_EQ(cluster.transfer(2, 3), Refusal::kNotLeader);
}

TEST(Transfer, TimeoutNowOfAnOldTerm_IsIgnored) {
  RaftFixture cluster;
  cluster.elect(1);
  cluster.transfer(1, 2);
  const auto late = cluster.stash(kind<TimeoutNow>(1, 2));
  cluster.isolate(1);
  cluster.elect(3);
  cluster.heal();
  cluster.settle();
  const auto term = cluster.state(3).term;
  cluster.replay(late);
  cluster.settle();
  EXPECT_EQ(cluster.state(3).term, term);
  EXPECT_EQ(cluster.state(3).role, Role::kLeader);
}

FixtureSetup with_lease() {
  FixtureSetup setup;
  setup.config.lease_reads_assume_bounded_clock_drift = true;
  return setup;
}

TEST(Lease, ReadDuringALease_NeedsNoRound) {
  RaftFixture cluster(with_lease());
  cluster.elect(1);
  cluster.heartbeat(1);
  cluster.settle();
  cluster.read(1, 7);
  EXPECT_EQ(cluster.read_result(1, 7), true);
  EXPECT_TRUE(cluster.in_flight().empty());
}

TEST(Lease, Lease_EndsBeforeAnotherLeaderCanBeElected) {
  RaftFixture cluster(with_lease());
  cluster.elect(1);
  cluster.heartbeat(1);
  cluster.settle();
  cluster.isolate(1);
  cluster.advance(1, milliseconds(121));  // four fifths of 150
  cluster.read(1, 7);
  EXPECT_EQ(cluster.read_result(1, 7), std::nullopt);
}

// The lease counts from the start of the round, not from the acknowledgement.
TEST(Lease, LateAcknowledgement_DoesNotExtendTheLease) {
  RaftFixture cluster(with_lease());
  cluster.elect(1);
  cluster.heartbeat(1);
  cluster.deliver(link(1, 2));
  cluster.deliver(link(1, 3));
  cluster.advance(1, milliseconds(49));
  cluster.advance(1, milliseconds(60));
  cluster.drop(link(1, 2));
  cluster.drop(link(1, 3));
  cluster.settle();  // acknowledged after 109 ms
  cluster.advance(1, milliseconds(12));
  cluster.read(1, 7);
  EXPECT_EQ(cluster.read_result(1, 7), std::nullopt);
}

// openraft 1747.
TEST(Lease, Transfer_RevokesTheLeaseForTheRestOfTheTerm) {
  RaftFixture cluster(with_lease());
  cluster.elect(1);
  cluster.heartbeat(1);
  cluster.settle();
  cluster.transfer(1, 2);
  cluster.read(1, 7);
  EXPECT_EQ(cluster.read_result(1, 7), std::nullopt);
}

TEST(Lease, NodeThatHasJustStarted_GrantsNoVote) {
  RaftFixture cluster(with_lease());
  cluster.elect(1);
  cluster.heartbeat(1);
  cluster.settle();
  cluster.crash(2);
  cluster.restart(2);  // it does not remember that it acknowledged n1
  cluster.isolate(1);
  cluster.advance(3, milliseconds(300));
  cluster.settle();
  EXPECT_NE(cluster.state(3).role, Role::kLeader);
}

TEST(Disk, LeaderWhoseDiskHangs_StepsDown) {
  RaftFixture cluster;
  cluster.elect(1);
  cluster.hold_syncs(1);
  cluster.propose(1, "a");
  for (int i = 0; i < 8; ++i) {
    cluster.heartbeat(1);
    cluster.settle();
  }
  EXPECT_EQ(cluster.state(1).role, Role::kFollower);
  cluster.advance(1, milliseconds(700));
  EXPECT_EQ(cluster.count(kind<RequestVote>(1, 2)), 0U) << "it does not campaign either";
}

TEST(Disk, LeaderWhoseDiskIsSlow_StaysLeader) {
  RaftFixture cluster;
  cluster.elect(1);
  cluster.hold_syncs(1);
  for (int i = 0; i < 12; ++i) {
    cluster.propose(1, "a");
    cluster.heartbeat(1);
    cluster.settle();
    if (i % 4 == 3) cluster.sync(1);  // every 200 ms
  }
  EXPECT_EQ(cluster.state(1).role, Role::kLeader);
}

}  // namespace
}  // namespace capsize::fixture

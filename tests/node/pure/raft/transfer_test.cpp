// Leadership transfer (thesis 3.10), lease reads (thesis 6.4.1), and a leader whose disk hangs.

#include <gtest/gtest.h>

#include "tests/node/pure/support/bench.h"

namespace capsize::bench {
namespace {

using raft::Refusal;
using raft::RequestVote;
using raft::Role;
using raft::TimeoutNow;

TEST(Transfer, TheTargetLeadsWithoutWaiting) {
  Bench bench;
  bench.elect(1);
  bench.propose(1, "a");
  bench.settle();
  EXPECT_EQ(bench.transfer(1, 2), Refusal::kNone);
  bench.settle();
  EXPECT_EQ(bench.state(2).role, Role::kLeader) << "though n3 trusts n1 (stickiness)";
  EXPECT_EQ(bench.state(1).leader, n(2));
}

TEST(Transfer, WaitsUntilTheTargetHasTheWholeLog) {
  Bench bench;
  bench.elect(1);
  bench.hold_syncs(2);
  bench.propose(1, "a");
  bench.settle();
  EXPECT_EQ(bench.transfer(1, 2), Refusal::kNone);
  EXPECT_EQ(bench.count(kind<TimeoutNow>(1, 2)), 0U);
  bench.auto_sync(2);
  bench.settle();
  EXPECT_EQ(bench.state(2).role, Role::kLeader);
}

TEST(Transfer, NothingIsProposedMeanwhile_AndAgainOnceItWasGivenUp) {
  Bench bench;
  bench.elect(1);
  bench.isolate(2);
  EXPECT_EQ(bench.transfer(1, 2), Refusal::kNone);
  EXPECT_EQ(bench.propose(1, "a"), std::nullopt);
  EXPECT_EQ(bench.transfer(1, 3), Refusal::kInProgress);
  for (int i = 0; i < 7; ++i) {
    bench.heartbeat(1);
    bench.settle();
  }
  EXPECT_EQ(bench.state(1).role, Role::kLeader);
  EXPECT_TRUE(bench.propose(1, "b").has_value());
}

TEST(Transfer, ALostOfferIsRepeated) {
  Bench bench;
  bench.elect(1);
  EXPECT_EQ(bench.transfer(1, 2), Refusal::kNone);
  bench.drop(kind<TimeoutNow>(1, 2));
  bench.heartbeat(1);
  EXPECT_EQ(bench.count(kind<TimeoutNow>(1, 2)), 1U);
  bench.settle();
  EXPECT_EQ(bench.state(2).role, Role::kLeader);
}

TEST(Transfer, RefusedForWhoCannotLead) {
  BenchSetup setup;
  setup.spares = 1;
  Bench bench(setup);
  bench.elect(1);
  EXPECT_EQ(bench.transfer(1, 1), Refusal::kNoChange);
  EXPECT_EQ(bench.transfer(1, 4), Refusal::kNotAMember);
  EXPECT_EQ(bench.transfer(2, 3), Refusal::kNotLeader);
}

TEST(Transfer, AnOfferOfAnOldTermIsNotTaken) {
  Bench bench;
  bench.elect(1);
  bench.transfer(1, 2);
  const auto late = bench.stash(kind<TimeoutNow>(1, 2));
  bench.isolate(1);
  bench.elect(3);
  bench.heal();
  bench.settle();
  const auto term = bench.state(3).term;
  bench.replay(late);
  bench.settle();
  EXPECT_EQ(bench.state(3).term, term);
  EXPECT_EQ(bench.state(3).role, Role::kLeader);
}

BenchSetup with_lease() {
  BenchSetup setup;
  setup.config.lease_reads_assume_bounded_clock_drift = true;
  return setup;
}

TEST(Lease, AReadNeedsNoRoundWhileItHolds) {
  Bench bench(with_lease());
  bench.elect(1);
  bench.heartbeat(1);
  bench.settle();
  bench.read(1, 7);
  EXPECT_EQ(bench.read_result(1, 7), true);
  EXPECT_TRUE(bench.in_flight().empty());
}

TEST(Lease, EndsBeforeAnotherCanBeElected) {
  Bench bench(with_lease());
  bench.elect(1);
  bench.heartbeat(1);
  bench.settle();
  bench.isolate(1);
  bench.advance(1, milliseconds(121));  // four fifths of 150
  bench.read(1, 7);
  EXPECT_EQ(bench.read_result(1, 7), std::nullopt);
}

// It counts from when the round began: what the acknowledgement's way took is not the leader's.
TEST(Lease, ALateAcknowledgementGrantsNoMore) {
  Bench bench(with_lease());
  bench.elect(1);
  bench.heartbeat(1);
  bench.deliver(link(1, 2));
  bench.deliver(link(1, 3));
  bench.advance(1, milliseconds(49));
  bench.advance(1, milliseconds(60));
  bench.drop(link(1, 2));
  bench.drop(link(1, 3));
  bench.settle();  // acknowledged after 109 ms
  bench.advance(1, milliseconds(12));
  bench.read(1, 7);
  EXPECT_EQ(bench.read_result(1, 7), std::nullopt);
}

// openraft 1747.
TEST(Lease, EndsWithATransfer_ForTheRestOfTheTerm) {
  Bench bench(with_lease());
  bench.elect(1);
  bench.heartbeat(1);
  bench.settle();
  bench.transfer(1, 2);
  bench.read(1, 7);
  EXPECT_EQ(bench.read_result(1, 7), std::nullopt);
}

TEST(Lease, ANodeThatHasJustStartedVotesForNobody) {
  Bench bench(with_lease());
  bench.elect(1);
  bench.heartbeat(1);
  bench.settle();
  bench.crash(2);
  bench.restart(2);  // it has forgotten what it granted n1
  bench.isolate(1);
  bench.advance(3, milliseconds(300));
  bench.settle();
  EXPECT_NE(bench.state(3).role, Role::kLeader);
}

TEST(Disk, ALeaderWhoseDiskHangsStepsDown) {
  Bench bench;
  bench.elect(1);
  bench.hold_syncs(1);
  bench.propose(1, "a");
  for (int i = 0; i < 8; ++i) {
    bench.heartbeat(1);
    bench.settle();
  }
  EXPECT_EQ(bench.state(1).role, Role::kFollower);
  bench.advance(1, milliseconds(700));
  EXPECT_EQ(bench.count(kind<RequestVote>(1, 2)), 0U) << "nor does it campaign";
}

TEST(Disk, ALeaderWhoseDiskIsSlowLeadsOn) {
  Bench bench;
  bench.elect(1);
  bench.hold_syncs(1);
  for (int i = 0; i < 12; ++i) {
    bench.propose(1, "a");
    bench.heartbeat(1);
    bench.settle();
    if (i % 4 == 3) bench.sync(1);  // every 200 ms
  }
  EXPECT_EQ(bench.state(1).role, Role::kLeader);
}

}  // namespace
}  // namespace capsize::bench

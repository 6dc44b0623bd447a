// Log replication and commitment: paper 5.3, 5.4.2, Figure 2 (AppendEntries), Figure 7.

#include <gtest/gtest.h>

#include "node/raft/progress.h"
#include "node/raft/raft_log.h"
#include "tests/node/pure/support/bench.h"

namespace capsize::bench {
namespace {

using raft::AppendEntries;
using raft::AppendEntriesReply;
using raft::EntryId;
using raft::Role;

BenchSetup with_log(const std::vector<std::uint64_t>& terms, std::uint64_t term) {
  BenchSetup setup;
  for (std::uint32_t i : {1U, 2U, 3U}) {
    setup.disks[i] = {{Term{term}, raft::kNobody}, entries(terms)};
  }
  return setup;
}

/// n1 is a follower with this log; n2 leads `term` and sends it this.
AppendEntriesReply answer_to(Bench& bench, std::uint64_t term, AppendEntries request) {
  bench.drop(all());
  bench.receive(2, 1, term, std::move(request));
  const auto replies = bench.sent<AppendEntriesReply>(1);
  EXPECT_EQ(replies.size(), 1U);
  return replies.empty() ? AppendEntriesReply{} : replies[0].second;
}

TEST(Replication5_3, Proposal_IsCommittedByAMajorityAndAppliedEverywhere) {
  Bench bench;
  bench.elect(1);
  ASSERT_TRUE(bench.propose(1, "a"));
  bench.settle();
  for (std::uint32_t i = 1; i <= 3; ++i) {
    EXPECT_EQ(bench.applied(i), std::vector<std::string>{"a"}) << "n" << i;
  }
}

TEST(Replication5_3, Follower_ProposesNothing) {
  Bench bench;
  bench.elect(1);
  EXPECT_FALSE(bench.propose(2, "a"));
}

TEST(Replication5_3, CommitIndex_IsToldWithoutWaitingForAHeartbeat) {
  Bench bench;
  bench.elect(1);
  bench.propose(1, "a");
  bench.deliver(all());
  bench.deliver(all());  // the acknowledgements: n1 commits
  EXPECT_EQ(bench.applied(1).size(), 1U);
  // One empty AppendEntries a follower, at most.
  EXPECT_EQ(bench.count(link(1, 2)), 1U);
  EXPECT_EQ(bench.count(link(1, 3)), 1U);
  bench.deliver(all());
  EXPECT_EQ(bench.applied(2).size(), 1U);
}

BenchSetup with_notice_delay(base::Duration delay) {
  BenchSetup setup;
  setup.config.commit_notice_delay = delay;
  return setup;
}

TEST(Replication5_3, CommitNoticeDelay_CommitTravelsWithTheNextEntries) {
  Bench bench(with_notice_delay(milliseconds(2)));
  bench.elect(1);
  bench.propose(1, "a");
  bench.deliver(all());
  bench.deliver(all());
  EXPECT_EQ(bench.applied(1).size(), 1U);
  EXPECT_EQ(bench.count(link(1, 2)), 0U) << "it waits";
  bench.advance(1, milliseconds(1));
  bench.propose(1, "b");
  const auto sent = bench.sent<AppendEntries>(1);
  ASSERT_EQ(sent.size(), 2U) << "one a follower, for both";
  EXPECT_EQ(sent[0].second.commit, bench.state(1).commit);
  bench.deliver(all());
  EXPECT_EQ(bench.applied(2), std::vector<std::string>{"a"});
}

TEST(Replication5_3, CommitNoticeDelay_IsSentByItselfWhenItIsOver) {
  Bench bench(with_notice_delay(milliseconds(2)));
  bench.elect(1);
  bench.advance(1, milliseconds(5));
  bench.settle();  // what the election gave rise to
  bench.propose(1, "a");
  bench.deliver(all());
  bench.deliver(all());
  EXPECT_EQ(bench.node(1).deadline(), bench.now(1) + milliseconds(2));
  bench.advance(1, milliseconds(2));
  ASSERT_EQ(bench.count(link(1, 2)), 1U);
  ASSERT_EQ(bench.count(link(1, 3)), 1U);
  EXPECT_GT(bench.node(1).deadline(), bench.now(1) + milliseconds(2)) << "nothing waits any more";
  bench.deliver(all());
  EXPECT_EQ(bench.applied(2).size(), 1U);
}

TEST(Replication5_3, ManyProposals_TravelInOneMessage) {
  Bench bench;
  bench.elect(1);
  for (int i = 0; i < 10; ++i) {
    bench.node(1).propose(raft::EntryType::kNormal, bytes("x"));
  }
  bench.propose(1);
  const auto sent = bench.sent<AppendEntries>(1);
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_EQ(sent[0].second.entries.size(), 11U);
}

TEST(Replication5_3, MessageBounds_SplitIntoContiguousPieces) {
  BenchSetup setup;
  setup.config.append_entries_max = 3;
  setup.config.append_bytes_max = 4;
  Bench bench(setup);
  bench.elect(1);
  for (const char* payload : {"1", "22", "4444", "666666", "1", "1", "1", "1"}) {
    bench.node(1).propose(raft::EntryType::kNormal, bytes(payload));
  }
  bench.propose(1, "end");
  Index next = bench.state(2).last.next();
  for (const auto& [message, body] : bench.sent<AppendEntries>(1)) {
    if (message.to != n(2)) continue;
    EXPECT_EQ(body.previous.index.next(), next);
    EXPECT_LE(body.entries.size(), 3U);
    EXPECT_GE(body.entries.size(), 1U);
    next = next + body.entries.size();
  }
  EXPECT_EQ(next, bench.state(1).last.next());
  bench.settle();
  EXPECT_EQ(bench.applied(3).size(), 9U);
}

TEST(Replication5_3, PreviousEntryMissing_IsRefusedWithTheEndOfTheLog) {
  Bench bench(with_log({1, 1}, 2));
  const auto reply = answer_to(bench, 2, {{Term{1}, Index{5}}, {}, {}, {}});
  EXPECT_FALSE(reply.success);
  EXPECT_EQ(reply.conflict, (EntryId{Term{0}, Index{3}}));
  EXPECT_EQ(reply.rejected, Index{5});
}

TEST(Replication5_3, PreviousEntryOfAnotherTerm_IsRefusedWithItsWholeTerm) {
  Bench bench(with_log({1, 2, 2, 2}, 3));
  const auto reply = answer_to(bench, 3, {{Term{3}, Index{4}}, {}, {}, {}});
  EXPECT_FALSE(reply.success);
  EXPECT_EQ(reply.conflict, (EntryId{Term{2}, Index{2}}));
}

// mofa 1150: the conflicting entry goes, and everything behind it goes with it.
TEST(Replication5_3, Conflict_CutsTheWholeTail) {
  Bench bench(with_log({1, 2, 2, 2}, 3));
  const auto reply = answer_to(bench, 3, {{Term{1}, Index{1}}, {}, {}, {entry(3, 2)}});
  EXPECT_TRUE(reply.success);
  EXPECT_EQ(reply.match, Index{2});
  EXPECT_EQ(bench.log_terms(1), (std::vector<std::uint64_t>{1, 3}));
}

// hashicorp/raft 113, redpanda 17731: a late copy of an older message is not a conflict.
TEST(Replication5_3, DelayedDuplicate_KeepsMatchingSuffix) {
  Bench bench(with_log({1, 1, 1, 1}, 1));
  const auto log = entries({1, 1, 1, 1});
  const auto reply = answer_to(bench, 1, {{Term{1}, Index{1}}, {}, {}, {log[1]}});
  EXPECT_TRUE(reply.success);
  EXPECT_EQ(bench.log_terms(1).size(), 4U);
  // microsoft/CCF 6016: it acknowledges what it was shown, not its whole log.
  EXPECT_EQ(reply.match, Index{2});
}

// scylladb 9965, atomix/copycat 265.
TEST(Replication5_3, HeartbeatWithHighCommit_CommitsOnlyWhatItVerified) {
  Bench bench(with_log({1, 1, 1, 1}, 2));
  answer_to(bench, 2, {{Term{1}, Index{2}}, Index{4}, {}, {}});
  EXPECT_EQ(bench.state(1).commit, Index{2});
}

TEST(Replication5_3, CommitIndex_NeverFalls) {
  Bench bench(with_log({1, 1, 1}, 2));
  answer_to(bench, 2, {{Term{1}, Index{3}}, Index{3}, {}, {}});
  answer_to(bench, 2, {{Term{1}, Index{3}}, Index{1}, {}, {}});
  EXPECT_EQ(bench.state(1).commit, Index{3});
}

TEST(Replication5_3, GapOrFallingTerms_AreNotALeadersAndAreIgnored) {
  Bench bench(with_log({1, 1}, 2));
  bench.receive(2, 1, 2, AppendEntries{{Term{1}, Index{2}}, {}, {}, {entry(2, 4)}});
  bench.receive(2, 1, 2, AppendEntries{{Term{1}, Index{2}}, {}, {}, {entry(2, 3), entry(1, 4)}});
  bench.receive(2, 1, 2, AppendEntries{{Term{1}, Index{2}}, {}, {}, {entry(3, 3)}});
  EXPECT_EQ(bench.log_terms(1).size(), 2U);
  EXPECT_TRUE(bench.in_flight().empty());
}

TEST(ReplicationDurable, Follower_AcknowledgesWhenItsDiskHoldsTheEntries) {
  Bench bench;
  bench.elect(1);
  bench.hold_syncs(2);
  bench.propose(1, "a");
  bench.deliver(link(1, 2));
  EXPECT_EQ(bench.count(link(2, 1)), 0U);
  bench.sync(2);
  const auto replies = bench.sent<AppendEntriesReply>(2);
  ASSERT_EQ(replies.size(), 1U);
  EXPECT_EQ(replies[0].second.match, Index{2});
}

TEST(ReplicationDurable, HeartbeatAcknowledgement_CoversTheDurablePartOnly) {
  Bench bench;
  bench.elect(1);
  bench.hold_syncs(2);
  bench.propose(1, "a");
  bench.deliver(link(1, 2));
  bench.heartbeat(1);
  bench.deliver(link(1, 2));
  const auto replies = bench.sent<AppendEntriesReply>(2);
  ASSERT_EQ(replies.size(), 1U);
  EXPECT_TRUE(replies[0].second.success);
  EXPECT_EQ(replies[0].second.match, Index{1});
}

// etcd 14370, d-engine 444: a leader is no exception.
TEST(ReplicationDurable, Leader_CountsItselfWhenItsDiskHoldsTheEntry) {
  BenchSetup setup;
  setup.nodes = 1;
  Bench bench(setup);
  bench.elect(1);
  bench.hold_syncs(1);
  bench.propose(1, "a");
  EXPECT_TRUE(bench.applied(1).empty());
  bench.sync(1);
  EXPECT_EQ(bench.applied(1).size(), 1U);
}

TEST(ReplicationDurable, LeadersSlowDisk_DoesNotDelayAMajorityOfOthers) {
  Bench bench;
  bench.elect(1);
  bench.hold_syncs(1);
  bench.propose(1, "a");
  bench.settle();
  EXPECT_EQ(bench.applied(2).size(), 1U);
  EXPECT_EQ(bench.state(1).persisted, Index{1});
}

// etcd 1690: a receipt for entries that were overwritten meanwhile proves nothing about the new
// ones.
TEST(ReplicationDurable, ReceiptForOverwrittenEntries_DoesNotMarkTheirSuccessors) {
  raft::RaftLog log(entries({1}));
  log.append(entry(1, 2));
  log.append(entry(1, 3));
  EXPECT_EQ(log.take_unstable(raft::SyncToken{1}).size(), 2U);
  log.truncate_from(Index{2});
  log.append(entry(2, 2));
  log.append(entry(2, 3));
  log.synced(raft::SyncToken{1});
  EXPECT_EQ(log.stable(), Index{1});
  EXPECT_EQ(log.take_unstable(raft::SyncToken{2}).size(), 2U);
  log.synced(raft::SyncToken{2});
  EXPECT_EQ(log.stable(), Index{3});
}

// logcabin 44 and many others. The full schedule is in tests/scenarios/figure8.txt.
TEST(Commit5_4_2, EntriesOfOlderTerms_AreNotCommittedByCounting) {
  Bench bench(with_log({1, 2}, 2));
  bench.campaign(1);  // pre-vote
  bench.deliver(all());
  bench.deliver(all());
  bench.deliver(all());
  bench.deliver(kind<raft::RequestVoteReply>(2, 1));
  ASSERT_EQ(bench.state(1).role, Role::kLeader);
  bench.drop(all());
  bench.receive(2, 1, 3, AppendEntriesReply{true, Index{2}, {}, {}, {}});
  EXPECT_EQ(bench.state(1).commit, Index{0});
  bench.heartbeat(1);
  bench.settle();
  EXPECT_EQ(bench.state(1).commit, Index{3});
}

TEST(Progress, StaleAndReorderedReplies_NeverMoveMatchBack) {
  raft::Progress progress(Index{10}, {});
  progress.accepted(Index{8});
  progress.accepted(Index{5});
  EXPECT_EQ(progress.match(), Index{8});
  EXPECT_FALSE(progress.refused(Index{7}, Index{2}));
  EXPECT_EQ(progress.next(), Index{11});
  EXPECT_TRUE(progress.refused(Index{10}, Index{3}));
  EXPECT_EQ(progress.next(), Index{9});
}

TEST(Progress, RepeatedRefusal_DoesNotMoveTheProbeTwice) {
  raft::Progress progress(Index{10}, {});
  EXPECT_TRUE(progress.refused(Index{10}, Index{6}));
  EXPECT_FALSE(progress.refused(Index{10}, Index{2}));
  EXPECT_EQ(progress.next(), Index{6});
}

TEST(Progress, FullWindow_WaitsForAcknowledgements) {
  raft::Progress progress(Index{0}, {});
  progress.accepted(Index{0});
  for (std::uint64_t i = 1; i <= raft::kAppendsInFlightMax; ++i) {
    ASSERT_TRUE(progress.may_send_entries(1000));
    progress.sent_entries(Index{i}, 1);
  }
  EXPECT_FALSE(progress.may_send_entries(1000));
  progress.accepted(Index{1});
  EXPECT_TRUE(progress.may_send_entries(1000));
}

TEST(Progress, FullWindowOfBytes_WaitsForAcknowledgements) {
  raft::Progress progress(Index{0}, {});
  progress.accepted(Index{0});
  ASSERT_TRUE(progress.may_send_entries(100));
  progress.sent_entries(Index{3}, 99);
  ASSERT_TRUE(progress.may_send_entries(100));
  progress.sent_entries(Index{5}, 1);
  EXPECT_FALSE(progress.may_send_entries(100));
  progress.accepted(Index{3});
  EXPECT_TRUE(progress.may_send_entries(100));
  progress.accepted(Index{5});
  progress.sent_entries(Index{6}, 1000);
  EXPECT_FALSE(progress.may_send_entries(100)) << "one that is larger goes by itself";
  EXPECT_TRUE(progress.refused(Index{6}, Index{6}));
  EXPECT_TRUE(progress.may_send_entries(100)) << "what was refused is under way no more";
  progress.accepted(Index{5});
  progress.sent_entries(Index{6}, 50);
  EXPECT_TRUE(progress.may_send_entries(100)) << "nor is it counted later";
}

TEST(Replication5_3, FarBehindFollower_IsFedInPortionsOfTheWindow) {
  BenchSetup setup;
  setup.config.append_entries_max = 10;
  setup.config.append_window_bytes = 1000;
  Bench bench(std::move(setup));
  bench.elect(1);
  bench.isolate(3);
  for (int i = 0; i < 100; ++i) bench.propose(1, std::string(50, 'x'));
  bench.settle();
  bench.heal();
  bench.heartbeat(1);
  bench.deliver(link(1, 3));
  bench.deliver(link(3, 1));  // where the logs meet is known now
  for (int portions = 0; bench.state(3).last < bench.state(1).last; ++portions) {
    ASSERT_LT(portions, 20) << "every acknowledgement lets the next one go";
    std::size_t bytes = 0;
    for (const auto& [message, append] : bench.sent<AppendEntries>(1)) {
      if (message.to != n(3)) continue;
      for (const raft::Entry& entry : append.entries) bytes += entry.payload->size();
    }
    EXPECT_LE(bytes, 1500U) << "the window, and the rest of the message that fills it";
    bench.deliver(link(1, 3));
    bench.deliver(link(3, 1));
  }
}

struct Figure7Case {
  const char* name;
  std::vector<std::uint64_t> log;
};

// The six followers of Figure 7 under the leader of term 8.
TEST(ReplicationFigure7, EveryFollower_EndsWithTheLeadersLog) {
  const std::vector<std::uint64_t> leader{1, 1, 1, 4, 4, 5, 5, 6, 6, 6};
  const Figure7Case cases[] = {
      {"a", {1, 1, 1, 4, 4, 5, 5, 6, 6}},
      {"b", {1, 1, 1, 4}},
      {"c", {1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6}},
      {"d", {1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7}},
      {"e", {1, 1, 1, 4, 4, 4, 4}},
      {"f", {1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3}},
  };
  for (const Figure7Case& c : cases) {
    BenchSetup setup;
    setup.config.append_entries_max = 2;  // openraft 6d53aa12: more conflicts than one batch
    setup.disks[1] = {{Term{7}, raft::kNobody}, entries(leader)};
    setup.disks[2] = {{Term{7}, raft::kNobody}, entries(c.log)};
    setup.disks[3] = {{Term{7}, raft::kNobody}, {}};
    Bench bench(setup);
    bench.elect(1);
    bench.propose(1, "a");
    bench.settle();
    EXPECT_EQ(bench.log_terms(2), bench.log_terms(1)) << c.name;
    EXPECT_EQ(bench.state(2).commit, bench.state(1).last) << c.name;
  }
}

TEST(Replication5_3, LongDivergence_IsSkippedATermAtATime) {
  BenchSetup setup;
  std::vector<std::uint64_t> old(400, 1);
  std::vector<std::uint64_t> other(1, 1);
  other.resize(400, 2);
  setup.disks[1] = {{Term{3}, raft::kNobody}, entries(old)};
  setup.disks[1].entries.push_back(entry(3, 401));
  setup.disks[2] = {{Term{3}, raft::kNobody}, entries(other)};
  setup.disks[3] = {{Term{3}, raft::kNobody}, {}};
  Bench bench(setup);
  bench.isolate(2);
  bench.elect(1);
  bench.heal();
  std::size_t refusals = 0;
  bench.heartbeat(1);
  while (!bench.in_flight().empty()) {
    for (const auto& [message, body] : bench.sent<AppendEntriesReply>(2)) {
      refusals += body.success ? 0 : 1;
    }
    bench.deliver(all());
  }
  EXPECT_EQ(bench.log_terms(2), bench.log_terms(1));
  EXPECT_LE(refusals, 4U);
}

// microsoft/CCF 5674: a majority may hold what a deposed leader has not committed.
TEST(Commit5_4, DeposedLeader_KeepsItsUncommittedEntries) {
  Bench bench;
  bench.elect(1);
  bench.isolate(1);
  bench.propose(1, "a");
  bench.receive(2, 1, 9, AppendEntriesReply{});
  EXPECT_EQ(bench.state(1).role, Role::kFollower);
  EXPECT_EQ(bench.log_terms(1).size(), 2U);
}

}  // namespace
}  // namespace capsize::bench

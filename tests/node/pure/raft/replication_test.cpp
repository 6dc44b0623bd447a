// Log replication and commitment: paper 5.3, 5.4.2, Figure 2 (AppendEntries), Figure 7.

#include <gtest/gtest.h>

#include "node/raft/progress.h"
#include "node/raft/raft_log.h"
#include "tests/node/pure/support/raft_fixture.h"

namespace capsize::fixture {
namespace {

using raft::AppendEntries;
using raft::AppendEntriesReply;
using raft::EntryId;
using raft::Role;

FixtureSetup with_log(const std::vector<std::uint64_t>& terms, std::uint64_t term) {
  FixtureSetup setup;
  for (std::uint32_t i : {1U, 2U, 3U}) {
    setup.disks[i] = {{Term{term}, raft::kNoNode}, entries(terms)};
  }
  return setup;
}

/// n1 is a follower with this log; n2 leads in `term` and sends the request.
AppendEntriesReply answer_to(RaftFixture& cluster, std::uint64_t term, AppendEntries request) {
  cluster.drop(all());
  cluster.receive(2, 1, term, std::move(request));
  const auto replies = cluster.sent<AppendEntriesReply>(1);
  EXPECT_EQ(replies.size(), 1U);
  return replies.empty() ? AppendEntriesReply{} : replies[0].second;
}

TEST(Replication5_3, Proposal_IsCommittedByAMajorityAndAppliedEverywhere) {
  RaftFixture cluster;
  cluster.elect(1);
  ASSERT_TRUE(cluster.propose(1, "a"));
  cluster.settle();
  for (std::uint32_t i = 1; i <= 3; ++i) {
    EXPECT_EQ(cluster.applied(i), std::vector<std::string>{"a"}) << "n" << i;
  }
}

TEST(Replication5_3, Follower_ProposesNothing) {
  RaftFixture cluster;
  cluster.elect(1);
  EXPECT_FALSE(cluster.propose(2, "a"));
}

TEST(Replication5_3, CommitIndex_IsSentWithoutWaitingForAHeartbeat) {
  RaftFixture cluster;
  cluster.elect(1);
  cluster.propose(1, "a");
  cluster.deliver(all());
  cluster.deliver(all());  // the acknowledgements: n1 commits
  EXPECT_EQ(cluster.applied(1).size(), 1U);
  // At most one empty AppendEntries per follower.
  EXPECT_EQ(cluster.count(link(1, 2)), 1U);
  EXPECT_EQ(cluster.count(link(1, 3)), 1U);
  cluster.deliver(all());
  EXPECT_EQ(cluster.applied(2).size(), 1U);
}

FixtureSetup with_notice_delay(base::Duration delay) {
  FixtureSetup setup;
  setup.config.commit_notice_delay = delay;
  return setup;
}

TEST(Replication5_3, CommitNoticeDelay_CommitIndexIsSentWithTheNextEntries) {
  RaftFixture cluster(with_notice_delay(milliseconds(2)));
  cluster.elect(1);
  cluster.propose(1, "a");
  cluster.deliver(all());
  cluster.deliver(all());
  EXPECT_EQ(cluster.applied(1).size(), 1U);
  EXPECT_EQ(cluster.count(link(1, 2)), 0U) << "the commit index waits";
  cluster.advance(1, milliseconds(1));
  cluster.propose(1, "b");
  const auto sent = cluster.sent<AppendEntries>(1);
  ASSERT_EQ(sent.size(), 2U) << "one per follower, for both";
  EXPECT_EQ(sent[0].second.commit, cluster.state(1).commit);
  cluster.deliver(all());
  EXPECT_EQ(cluster.applied(2), std::vector<std::string>{"a"});
}

TEST(Replication5_3, CommitNoticeDelay_CommitIndexIsSentAloneAfterIt) {
  RaftFixture cluster(with_notice_delay(milliseconds(2)));
  cluster.elect(1);
  cluster.advance(1, milliseconds(5));
  cluster.settle();  // the messages of the election
  cluster.propose(1, "a");
  cluster.deliver(all());
  cluster.deliver(all());
  EXPECT_EQ(cluster.node(1).deadline(), cluster.now(1) + milliseconds(2));
  cluster.advance(1, milliseconds(2));
  ASSERT_EQ(cluster.count(link(1, 2)), 1U);
  ASSERT_EQ(cluster.count(link(1, 3)), 1U);
  EXPECT_GT(cluster.node(1).deadline(), cluster.now(1) + milliseconds(2))
      << "no commit index waits any more";
  cluster.deliver(all());
  EXPECT_EQ(cluster.applied(2).size(), 1U);
}

TEST(Replication5_3, ManyProposals_AreSentInOneMessage) {
  RaftFixture cluster;
  cluster.elect(1);
  for (int i = 0; i < 10; ++i) {
    cluster.node(1).propose(raft::EntryType::kNormal, bytes("x"));
  }
  cluster.propose(1);
  const auto sent = cluster.sent<AppendEntries>(1);
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_EQ(sent[0].second.entries.size(), 11U);
}

TEST(Replication5_3, MessageBounds_SplitIntoContiguousPieces) {
  FixtureSetup setup;
  setup.config.append_entries_max = 3;
  setup.config.append_bytes_max = 4;
  RaftFixture cluster(setup);
  cluster.elect(1);
  for (const char* payload : {"1", "22", "4444", "666666", "1", "1", "1", "1"}) {
    cluster.node(1).propose(raft::EntryType::kNormal, bytes(payload));
  }
  cluster.propose(1, "end");
  Index next = cluster.state(2).last.next();
  for (const auto& [message, body] : cluster.sent<AppendEntries>(1)) {
    if (message.to != n(2)) continue;
    EXPECT_EQ(body.previous.index.next(), next);
    EXPECT_LE(body.entries.size(), 3U);
    EXPECT_GE(body.entries.size(), 1U);
    next = next + body.entries.size();
  }
  EXPECT_EQ(next, cluster.state(1).last.next());
  cluster.settle();
  EXPECT_EQ(cluster.applied(3).size(), 9U);
}

TEST(Replication5_3, PreviousEntryMissing_IsRefusedWithTheEndOfTheLog) {
  RaftFixture cluster(with_log({1, 1}, 2));
  const auto reply = answer_to(cluster, 2, {{Term{1}, Index{5}}, {}, {}, {}});
  EXPECT_FALSE(reply.success);
  EXPECT_EQ(reply.conflict, (EntryId{Term{0}, Index{3}}));
  EXPECT_EQ(reply.rejected, Index{5});
}

TEST(Replication5_3, PreviousEntryOfAnotherTerm_IsRefusedWithTheStartOfItsTerm) {
  RaftFixture cluster(with_log({1, 2, 2, 2}, 3));
  const auto reply = answer_to(cluster, 3, {{Term{3}, Index{4}}, {}, {}, {}});
  EXPECT_FALSE(reply.success);
  EXPECT_EQ(reply.conflict, (EntryId{Term{2}, Index{2}}));
}

// mofa 1150: the conflicting entry is removed together with all entries after it.
TEST(Replication5_3, Conflict_TruncatesTheWholeTail) {
  RaftFixture cluster(with_log({1, 2, 2, 2}, 3));
  const auto reply = answer_to(cluster, 3, {{Term{1}, Index{1}}, {}, {}, {entry(3, 2)}});
  EXPECT_TRUE(reply.success);
  EXPECT_EQ(reply.match, Index{2});
  EXPECT_EQ(cluster.log_terms(1), (std::vector<std::uint64_t>{1, 3}));
}

// hashicorp/raft 113, redpanda 17731: a late copy of an older message is not a conflict.
TEST(Replication5_3, DelayedDuplicate_KeepsMatchingSuffix) {
  RaftFixture cluster(with_log({1, 1, 1, 1}, 1));
  const auto log = entries({1, 1, 1, 1});
  const auto reply = answer_to(cluster, 1, {{Term{1}, Index{1}}, {}, {}, {log[1]}});
  EXPECT_TRUE(reply.success);
  EXPECT_EQ(cluster.log_terms(1).size(), 4U);
  // microsoft/CCF 6016: it acknowledges what the request proved, not its whole log.
  EXPECT_EQ(reply.match, Index{2});
}

// scylladb 9965, atomix/copycat 265.
TEST(Replication5_3, HeartbeatWithHighCommit_CommitsOnlyWhatItVerified) {
  RaftFixture cluster(with_log({1, 1, 1, 1}, 2));
  answer_to(cluster, 2, {{Term{1}, Index{2}}, Index{4}, {}, {}});
  EXPECT_EQ(cluster.state(1).commit, Index{2});
}

TEST(Replication5_3, CommitIndex_NeverDecreases) {
  RaftFixture cluster(with_log({1, 1, 1}, 2));
  answer_to(cluster, 2, {{Term{1}, Index{3}}, Index{3}, {}, {}});
  answer_to(cluster, 2, {{Term{1}, Index{3}}, Index{1}, {}, {}});
  EXPECT_EQ(cluster.state(1).commit, Index{3});
}

TEST(Replication5_3, GapsOrDecreasingTerms_AreRefused) {
  RaftFixture cluster(with_log({1, 1}, 2));
  cluster.receive(2, 1, 2, AppendEntries{{Term{1}, Index{2}}, {}, {}, {entry(2, 4)}});
  cluster.receive(2, 1, 2, AppendEntries{{Term{1}, Index{2}}, {}, {}, {entry(2, 3), entry(1, 4)}});
  cluster.receive(2, 1, 2, AppendEntries{{Term{1}, Index{2}}, {}, {}, {entry(3, 3)}});
  EXPECT_EQ(cluster.log_terms(1).size(), 2U);
  EXPECT_TRUE(cluster.in_flight().empty());
}

TEST(ReplicationDurable, Follower_AcknowledgesWhenItsDiskHoldsTheEntries) {
  RaftFixture cluster;
  cluster.elect(1);
  cluster.hold_syncs(2);
  cluster.propose(1, "a");
  cluster.deliver(link(1, 2));
  EXPECT_EQ(cluster.count(link(2, 1)), 0U);
  cluster.sync(2);
  const auto replies = cluster.sent<AppendEntriesReply>(2);
  ASSERT_EQ(replies.size(), 1U);
  EXPECT_EQ(replies[0].second.match, Index{2});
}

TEST(ReplicationDurable, HeartbeatAcknowledgement_CoversTheDurablePartOnly) {
  RaftFixture cluster;
  cluster.elect(1);
  cluster.hold_syncs(2);
  cluster.propose(1, "a");
  cluster.deliver(link(1, 2));
  cluster.heartbeat(1);
  cluster.deliver(link(1, 2));
  const auto replies = cluster.sent<AppendEntriesReply>(2);
  ASSERT_EQ(replies.size(), 1U);
  EXPECT_TRUE(replies[0].second.success);
  EXPECT_EQ(replies[0].second.match, Index{1});
}

// etcd 14370, d-engine 444: the rule holds for the leader, too.
TEST(ReplicationDurable, Leader_CountsItselfWhenItsDiskHoldsTheEntry) {
  FixtureSetup setup;
  setup.nodes = 1;
  RaftFixture cluster(setup);
  cluster.elect(1);
  cluster.hold_syncs(1);
  cluster.propose(1, "a");
  EXPECT_TRUE(cluster.applied(1).empty());
  cluster.sync(1);
  EXPECT_EQ(cluster.applied(1).size(), 1U);
}

TEST(ReplicationDurable, LeadersSlowDisk_DoesNotDelayAMajorityOfOthers) {
  RaftFixture cluster;
  cluster.elect(1);
  cluster.hold_syncs(1);
  cluster.propose(1, "a");
  cluster.settle();
  EXPECT_EQ(cluster.applied(2).size(), 1U);
  EXPECT_EQ(cluster.state(1).persisted, Index{1});
}

// etcd 1690: a receipt for entries that have been overwritten proves nothing about the new ones.
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
  RaftFixture cluster(with_log({1, 2}, 2));
  cluster.campaign(1);  // pre-vote
  cluster.deliver(all());
  cluster.deliver(all());
  cluster.deliver(all());
  cluster.deliver(kind<raft::RequestVoteReply>(2, 1));
  ASSERT_EQ(cluster.state(1).role, Role::kLeader);
  cluster.drop(all());
  cluster.receive(2, 1, 3, AppendEntriesReply{true, Index{2}, {}, {}, {}});
  EXPECT_EQ(cluster.state(1).commit, Index{0});
  cluster.heartbeat(1);
  cluster.settle();
  EXPECT_EQ(cluster.state(1).commit, Index{3});
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
  EXPECT_FALSE(progress.may_send_entries(100)) << "an entry larger than the window is sent alone";
  EXPECT_TRUE(progress.refused(Index{6}, Index{6}));
  EXPECT_TRUE(progress.may_send_entries(100)) << "refused entries are no longer in flight";
  progress.accepted(Index{5});
  progress.sent_entries(Index{6}, 50);
  EXPECT_TRUE(progress.may_send_entries(100)) << "nor counted later";
}

TEST(Replication5_3, FarBehindFollower_IsSentPortionsOfTheWindow) {
  FixtureSetup setup;
  setup.config.append_entries_max = 10;
  setup.config.append_window_bytes = 1000;
  RaftFixture cluster(std::move(setup));
  cluster.elect(1);
  cluster.isolate(3);
  for (int i = 0; i < 100; ++i) cluster.propose(1, std::string(50, 'x'));
  cluster.settle();
  cluster.heal();
  cluster.heartbeat(1);
  cluster.deliver(link(1, 3));
  cluster.deliver(link(3, 1));  // the leader now knows where the logs match
  for (int portions = 0; cluster.state(3).last < cluster.state(1).last; ++portions) {
    ASSERT_LT(portions, 20) << "each acknowledgement releases the next portion";
    std::size_t bytes = 0;
    for (const auto& [message, append] : cluster.sent<AppendEntries>(1)) {
      if (message.to != n(3)) continue;
      for (const raft::Entry& entry : append.entries) bytes += entry.payload->size();
    }
    EXPECT_LE(bytes, 1500U) << "at most the window plus the message that fills it";
    cluster.deliver(link(1, 3));
    cluster.deliver(link(3, 1));
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
    FixtureSetup setup;
    setup.config.append_entries_max = 2;  // openraft 6d53aa12: more conflicts than one batch
    setup.disks[1] = {{Term{7}, raft::kNoNode}, entries(leader)};
    setup.disks[2] = {{Term{7}, raft::kNoNode}, entries(c.log)};
    setup.disks[3] = {{Term{7}, raft::kNoNode}, {}};
    RaftFixture cluster(setup);
    cluster.elect(1);
    cluster.propose(1, "a");
    cluster.settle();
    EXPECT_EQ(cluster.log_terms(2), cluster.log_terms(1)) << c.name;
    EXPECT_EQ(cluster.state(2).commit, cluster.state(1).last) << c.name;
  }
}

TEST(Replication5_3, LongDivergence_IsSkippedOneTermPerRoundTrip) {
  FixtureSetup setup;
  std::vector<std::uint64_t> old(400, 1);
  std::vector<std::uint64_t> other(1, 1);
  other.resize(400, 2);
  setup.disks[1] = {{Term{3}, raft::kNoNode}, entries(old)};
  setup.disks[1].entries.push_back(entry(3, 401));
  setup.disks[2] = {{Term{3}, raft::kNoNode}, entries(other)};
  setup.disks[3] = {{Term{3}, raft::kNoNode}, {}};
  RaftFixture cluster(setup);
  cluster.isolate(2);
  cluster.elect(1);
  cluster.heal();
  std::size_t refusals = 0;
  cluster.heartbeat(1);
  while (!cluster.in_flight().empty()) {
    for (const auto& [message, body] : cluster.sent<AppendEntriesReply>(2)) {
      refusals += body.success ? 0 : 1;
    }
    cluster.deliver(all());
  }
  EXPECT_EQ(cluster.log_terms(2), cluster.log_terms(1));
  EXPECT_LE(refusals, 4U);
}

// microsoft/CCF 5674: a majority may have entries that a deposed leader has not committed.
TEST(Commit5_4, DeposedLeader_KeepsItsUncommittedEntries) {
  RaftFixture cluster;
  cluster.elect(1);
  cluster.isolate(1);
  cluster.propose(1, "a");
  cluster.receive(2, 1, 9, AppendEntriesReply{});
  EXPECT_EQ(cluster.state(1).role, Role::kFollower);
  EXPECT_EQ(cluster.log_terms(1).size(), 2U);
}

}  // namespace
}  // namespace capsize::fixture

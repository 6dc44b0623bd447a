// Paper section 7, log compaction, clause by clause, and bugs of known implementations.

#include <gtest/gtest.h>

#include "base/crc32c.h"
#include "node/raft/raft_log.h"
#include "node/raft/snapshot_transfer.h"
#include "tests/node/pure/support/raft_fixture.h"

namespace capsize::fixture {
namespace {

using raft::AppendEntries;
using raft::AppendEntriesReply;
using raft::EntryId;
using raft::EntryType;
using raft::InstallSnapshot;
using raft::InstallSnapshotReply;
using raft::LogPoint;
using raft::RaftLog;
using raft::SyncToken;

EntryId id(std::uint64_t term, std::uint64_t index) {
  return {Term{term}, Index{index}};
}

/// n1 leads, has compacted entries 1 to 3 (its no-op, a, b), and holds c; n3 has seen nothing.
struct Compacted {
  Compacted() {
    cluster.isolate(3);
    cluster.elect(1);
    cluster.propose(1, "a");
    cluster.propose(1, "b");
    cluster.settle();
    cluster.compact(1);
    cluster.propose(1, "c");
    cluster.settle();
    cluster.heal();
  }
  /// Runs until the first piece to n3 is in flight.
  void begin_transfer() {
    cluster.heartbeat(1);
    cluster.deliver(link(1, 3));
    cluster.deliver(link(3, 1));
  }
  static std::vector<raft::Entry> log() {
    const std::string members = raft::encode({{n(1), n(2), n(3)}, {}});
    return {{Term{1}, Index{1}, EntryType::kConfiguration, bytes(members)},
            entry(1, 2, "a"),
            entry(1, 3, "b"),
            entry(1, 4, "c")};
  }
  RaftFixture cluster;
};

// "It retains the log entries following the snapshot, if the existing entry has the same index and
// term as the snapshot's last included entry": they may already be acknowledged.
TEST(InstallSnapshot_, EntriesAfterAMatchingOne_AreKept) {
  Compacted c;
  c.begin_transfer();
  const auto late = c.cluster.stash(kind<InstallSnapshot>(1, 3));
  ASSERT_EQ(late.size(), 1U);
  c.cluster.receive(1, 3, 1, AppendEntries{{}, Index{0}, {}, Compacted::log()});
  ASSERT_EQ(c.cluster.state(3).commit, Index{0});
  c.cluster.replay(late);
  c.cluster.deliver(kind<InstallSnapshot>(1, 3));
  EXPECT_EQ(c.cluster.state(3).commit, Index{3});
  EXPECT_EQ(c.cluster.state(3).last, Index{4});
  EXPECT_EQ(c.cluster.log_terms(3), std::vector<std::uint64_t>{1});
  EXPECT_EQ(c.cluster.applied(3), (std::vector<std::string>{"a", "b"}));
}

// Figure 13, step 1: "reply immediately if term < currentTerm"; here without a reply, since the
// heartbeats sent along with it are answered.
TEST(InstallSnapshot_, OfAnOldTerm_ChangesNothing) {
  Compacted c;
  c.begin_transfer();
  const auto late = c.cluster.stash(kind<InstallSnapshot>(1, 3));
  c.cluster.receive(2, 3, 5, AppendEntries{{}, Index{0}, {}, {}});
  c.cluster.drop(all());
  c.cluster.replay(late);
  c.cluster.deliver(kind<InstallSnapshot>(1, 3));
  EXPECT_EQ(c.cluster.state(3).snapshot, Index{0});
  EXPECT_EQ(c.cluster.count(kind<InstallSnapshotReply>(3, 1)), 0U);
}

// NuRaft 407.
TEST(InstallSnapshot_, AtOrBelowTheCommitIndex_IsOnlyAcknowledged) {
  Compacted c;
  c.begin_transfer();
  const auto late = c.cluster.stash(kind<InstallSnapshot>(1, 3));
  c.cluster.replay(late);
  c.cluster.settle();
  c.cluster.heartbeat(1);
  c.cluster.settle();
  ASSERT_EQ(c.cluster.state(3).commit, Index{4});
  c.cluster.replay(late);
  c.cluster.deliver(kind<InstallSnapshot>(1, 3));
  EXPECT_EQ(c.cluster.state(3).commit, Index{4});
  EXPECT_EQ(c.cluster.applied(3), (std::vector<std::string>{"a", "b", "c"}));
  const auto replies = c.cluster.sent<InstallSnapshotReply>(3);
  ASSERT_EQ(replies.size(), 1U);
  EXPECT_TRUE(replies[0].second.installed);
}

TEST(InstallSnapshot_, MalformedPieces_AreDropped) {
  Compacted c;
  c.begin_transfer();
  const auto pieces = c.cluster.sent<InstallSnapshot>(1);
  c.cluster.drop(all());
  ASSERT_EQ(pieces.size(), 1U);
  const InstallSnapshot good = pieces[0].second;
  std::vector<InstallSnapshot> wrong(5, good);
  wrong[0].last.id = {};
  wrong[1].last.id.term = Term{2};  // later than its sender's
  wrong[2].size = raft::kSnapshotBytesMax + 1;
  wrong[3].offset = good.size + 1;
  wrong[4].piece += "beyond the end";
  for (const InstallSnapshot& piece : wrong) c.cluster.receive(1, 3, 1, piece);
  EXPECT_EQ(c.cluster.count(all()), 0U);
  EXPECT_EQ(c.cluster.state(3).snapshot, Index{0});
}

// A silent follower costs no bandwidth; one that replies to heartbeats is sent the lost piece
// again.
TEST(InstallSnapshot_, LostPiece_IsSentAgainToALiveFollower) {
  Compacted c;
  c.begin_transfer();
  c.cluster.drop(kind<InstallSnapshot>(1, 3));
  c.cluster.heartbeat(1);
  EXPECT_EQ(c.cluster.count(kind<InstallSnapshot>(1, 3)), 0U);
  c.cluster.settle();
  EXPECT_EQ(c.cluster.applied(3), (std::vector<std::string>{"a", "b", "c"}));
}

// openraft 511: the log was deleted. willemt 118: entries were appended a second time.
TEST(AppendEntries_, PreviousBelowTheSnapshot_IsNotAConflict) {
  Compacted c;
  c.cluster.heartbeat(1);
  c.cluster.settle();
  c.cluster.heartbeat(1);
  c.cluster.settle();
  ASSERT_EQ(c.cluster.state(3).snapshot, Index{3});
  const auto log = Compacted::log();
  for (std::size_t from = 0; from < log.size(); ++from) {
    const EntryId previous = from == 0 ? EntryId{} : log[from - 1].id();
    c.cluster.receive(
        1, 3, 1,
        AppendEntries{previous, Index{4}, {}, {log.begin() + static_cast<long>(from), log.end()}});
    const auto replies = c.cluster.sent<AppendEntriesReply>(3);
    ASSERT_EQ(replies.size(), 1U) << from;
    EXPECT_TRUE(replies[0].second.success) << from;
    EXPECT_EQ(replies[0].second.match, Index{4}) << from;
    c.cluster.drop(all());
    EXPECT_EQ(c.cluster.state(3).last, Index{4}) << from;
  }
  EXPECT_EQ(c.cluster.applied(3), (std::vector<std::string>{"a", "b", "c"}));
}

// Entries before a snapshot's end are kept for followers that lag a little, within bounds. A
// follower that needs the snapshot is sent heartbeats that name the base as the previous entry.
TEST(Compaction_, Margin_IsBoundedInEntriesAndInBytes) {
  for (const auto& [entries, bytes_max, kept] :
       {std::tuple{2U, 1000U, 2U}, {100U, 24U, 2U}, {100U, 9U, 0U}, {100U, 50U, 5U}}) {
    fixture::FixtureSetup setup;
    setup.config.compaction_margin = entries;
    setup.config.compaction_margin_bytes = bytes_max;
    RaftFixture cluster(setup);
    cluster.isolate(3);
    cluster.elect(1);
    for (int i = 0; i < 5; ++i) cluster.propose(1, std::string(10, 'x'));
    cluster.settle();
    cluster.compact(1);
    cluster.heal();
    cluster.heartbeat(1);
    cluster.deliver(link(1, 3));
    cluster.deliver(link(3, 1));
    cluster.heartbeat(1);
    const Index last = cluster.state(1).last;
    ASSERT_EQ(cluster.state(1).snapshot, last);
    std::optional<Index> base;
    for (const auto& [message, append] : cluster.sent<raft::AppendEntries>(1)) {
      if (message.to == n(3)) base = append.previous.index;
    }
    ASSERT_TRUE(base);
    EXPECT_EQ(last - *base, kept) << entries << " entries, " << bytes_max << " bytes";
  }
}

TEST(RaftLog_, Compacted_StillKnowsTermAndHashOfItsBase) {
  RaftLog log(entries({1, 1, 3}));
  const RaftLog whole(entries({1, 1, 3, 3}));
  log.compact(Index{3});
  EXPECT_EQ(log.last(), id(3, 3));
  EXPECT_EQ(log.term(Index{3}), Term{3});
  EXPECT_EQ(log.term(Index{2}), std::nullopt);
  EXPECT_FALSE(log.contains({}));
  EXPECT_FALSE(log.is_up_to_date(id(2, 9)));
  log.append(entries({1, 1, 3, 3})[3]);
  EXPECT_EQ(log.hash(Index{4}), whole.hash(Index{4}));
  EXPECT_EQ(log.last_with_term_at_most(Term{2}, Index{4}), std::nullopt);
  EXPECT_EQ(log.last_with_term_at_most(Term{3}, Index{4}), Index{4});
  EXPECT_EQ(log.first_of_term_at(Index{4}), Index{3});
}

// A receipt for entries that an installed snapshot replaced proves nothing about later entries.
TEST(RaftLog_, ReceiptOfReplacedEntries_ProvesNothing) {
  RaftLog log;
  for (std::uint64_t i = 1; i <= 9; ++i) log.append(entry(1, i));
  ASSERT_EQ(log.take_unstable(SyncToken{1}).size(), 9U);
  log.install({id(2, 5), 7}, Index{2});
  EXPECT_EQ(log.last(), id(2, 5));
  log.synced(SyncToken{1});
  EXPECT_EQ(log.stable(), Index{2});
  EXPECT_TRUE(log.take_unstable(SyncToken{2}).empty());
  log.synced(SyncToken{2});
  EXPECT_EQ(log.stable(), Index{5});
}

TEST(RaftLog_, InstallOverAMatchingEntry_KeepsReceipts) {
  RaftLog log(entries({1, 1, 1}));
  const LogPoint point{id(1, 2), log.hash(Index{2})};
  log.install(point, Index{0});
  EXPECT_EQ(log.base(), id(1, 2));
  EXPECT_EQ(log.last(), id(1, 3));
  EXPECT_EQ(log.stable(), Index{3});
}

class IncomingPieces : public testing::Test {
 protected:
  using Result = raft::IncomingSnapshot::Result;
  static InstallSnapshot piece(std::uint64_t index, std::uint64_t offset, std::size_t length) {
    const std::string content = "the content up to " + std::to_string(index);
    return {{id(1, index), 9},     {{n(1)}, {}}, content.size(),
            base::crc32c(content), offset,       content.substr(offset, length)};
  }
  raft::IncomingSnapshot incoming;
};

TEST_F(IncomingPieces, RepeatedAndReordered_ChangeNothing) {
  EXPECT_EQ(incoming.add(piece(5, 0, 4), Term{1}), Result::kWantMore);
  EXPECT_EQ(incoming.add(piece(5, 0, 4), Term{1}), Result::kWantMore);
  EXPECT_EQ(incoming.add(piece(5, 8, 4), Term{1}), Result::kWantMore);
  EXPECT_EQ(incoming.wanted(), 4U);
  EXPECT_EQ(incoming.add(piece(5, 4, 99), Term{1}), Result::kComplete);
  EXPECT_EQ(*incoming.take().state, "the content up to 5");
}

TEST_F(IncomingPieces, OfAnotherSnapshot_AreNeverJoined) {
  incoming.add(piece(5, 0, 4), Term{1});
  EXPECT_EQ(incoming.add(piece(6, 4, 4), Term{1}), Result::kWantMore);
  EXPECT_EQ(incoming.wanted(), 0U);
  EXPECT_EQ(incoming.add(piece(5, 0, 4), Term{1}), Result::kStale);
  // After a change of leader an older snapshot is the right one.
  EXPECT_EQ(incoming.add(piece(5, 0, 4), Term{2}), Result::kWantMore);
  EXPECT_EQ(incoming.wanted(), 4U);
}

TEST_F(IncomingPieces, WrongChecksumOfTheContent_StartsOver) {
  InstallSnapshot damaged = piece(5, 0, 99);
  damaged.piece[3] ^= 1;
  EXPECT_EQ(incoming.add(damaged, Term{1}), Result::kWantMore);
  EXPECT_EQ(incoming.wanted(), 0U);
  EXPECT_EQ(incoming.add(piece(5, 0, 99), Term{1}), Result::kComplete);
}

}  // namespace
}  // namespace capsize::fixture

// Paper section 7, log compaction, clause by clause, and faults of known implementations.

#include <gtest/gtest.h>

#include "base/crc32c.h"
#include "node/raft/raft_log.h"
#include "node/raft/snapshot_transfer.h"
#include "tests/node/pure/support/bench.h"

namespace capsize::bench {
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
    bench.isolate(3);
    bench.elect(1);
    bench.propose(1, "a");
    bench.propose(1, "b");
    bench.settle();
    bench.compact(1);
    bench.propose(1, "c");
    bench.settle();
    bench.heal();
  }
  /// Until the first piece is under way to n3.
  void begin_transfer() {
    bench.heartbeat(1);
    bench.deliver(link(1, 3));
    bench.deliver(link(3, 1));
  }
  static std::vector<raft::Entry> log() {
    const std::string members = raft::encode({{n(1), n(2), n(3)}, {}});
    return {{Term{1}, Index{1}, EntryType::kConfiguration, bytes(members)},
            entry(1, 2, "a"),
            entry(1, 3, "b"),
            entry(1, 4, "c")};
  }
  Bench bench;
};

// "It retains the log entries following the snapshot, if the existing entry has the same index and
// term as the snapshot's last included entry": they may be acknowledged already.
TEST(InstallSnapshot_, EntriesBehindAMatchingOne_AreKept) {
  Compacted c;
  c.begin_transfer();
  const auto late = c.bench.stash(kind<InstallSnapshot>(1, 3));
  ASSERT_EQ(late.size(), 1U);
  c.bench.receive(1, 3, 1, AppendEntries{{}, Index{0}, {}, Compacted::log()});
  ASSERT_EQ(c.bench.state(3).commit, Index{0});
  c.bench.replay(late);
  c.bench.deliver(kind<InstallSnapshot>(1, 3));
  EXPECT_EQ(c.bench.state(3).commit, Index{3});
  EXPECT_EQ(c.bench.state(3).last, Index{4});
  EXPECT_EQ(c.bench.log_terms(3), std::vector<std::uint64_t>{1});
  EXPECT_EQ(c.bench.applied(3), (std::vector<std::string>{"a", "b"}));
}

// Figure 13, step 1: "reply immediately if term < currentTerm"; here with silence, for the
// heartbeats beside it are answered.
TEST(InstallSnapshot_, OfAnOldTerm_ChangesNothing) {
  Compacted c;
  c.begin_transfer();
  const auto late = c.bench.stash(kind<InstallSnapshot>(1, 3));
  c.bench.receive(2, 3, 5, AppendEntries{{}, Index{0}, {}, {}});
  c.bench.drop(all());
  c.bench.replay(late);
  c.bench.deliver(kind<InstallSnapshot>(1, 3));
  EXPECT_EQ(c.bench.state(3).snapshot, Index{0});
  EXPECT_EQ(c.bench.count(kind<InstallSnapshotReply>(3, 1)), 0U);
}

// NuRaft 407.
TEST(InstallSnapshot_, AtOrBelowTheCommitIndex_IsOnlyAcknowledged) {
  Compacted c;
  c.begin_transfer();
  const auto late = c.bench.stash(kind<InstallSnapshot>(1, 3));
  c.bench.replay(late);
  c.bench.settle();
  c.bench.heartbeat(1);
  c.bench.settle();
  ASSERT_EQ(c.bench.state(3).commit, Index{4});
  c.bench.replay(late);
  c.bench.deliver(kind<InstallSnapshot>(1, 3));
  EXPECT_EQ(c.bench.state(3).commit, Index{4});
  EXPECT_EQ(c.bench.applied(3), (std::vector<std::string>{"a", "b", "c"}));
  const auto replies = c.bench.sent<InstallSnapshotReply>(3);
  ASSERT_EQ(replies.size(), 1U);
  EXPECT_TRUE(replies[0].second.installed);
}

TEST(InstallSnapshot_, MalformedPieces_AreDropped) {
  Compacted c;
  c.begin_transfer();
  const auto pieces = c.bench.sent<InstallSnapshot>(1);
  c.bench.drop(all());
  ASSERT_EQ(pieces.size(), 1U);
  const InstallSnapshot good = pieces[0].second;
  std::vector<InstallSnapshot> wrong(5, good);
  wrong[0].last.id = {};
  wrong[1].last.id.term = Term{2};  // later than its sender's
  wrong[2].size = raft::kSnapshotBytesMax + 1;
  wrong[3].offset = good.size + 1;
  wrong[4].piece += "beyond the end";
  for (const InstallSnapshot& piece : wrong) c.bench.receive(1, 3, 1, piece);
  EXPECT_EQ(c.bench.count(all()), 0U);
  EXPECT_EQ(c.bench.state(3).snapshot, Index{0});
}

// A silent follower costs no bandwidth; one that answers heartbeats is sent the lost piece again.
TEST(InstallSnapshot_, LostPiece_IsSentAgainToAFollowerThatLives) {
  Compacted c;
  c.begin_transfer();
  c.bench.drop(kind<InstallSnapshot>(1, 3));
  c.bench.heartbeat(1);
  EXPECT_EQ(c.bench.count(kind<InstallSnapshot>(1, 3)), 0U);
  c.bench.settle();
  EXPECT_EQ(c.bench.applied(3), (std::vector<std::string>{"a", "b", "c"}));
}

// openraft 511: the log was wiped. willemt 118: entries were appended once more.
TEST(AppendEntries_, PreviousBelowTheSnapshot_IsNoConflict) {
  Compacted c;
  c.bench.heartbeat(1);
  c.bench.settle();
  c.bench.heartbeat(1);
  c.bench.settle();
  ASSERT_EQ(c.bench.state(3).snapshot, Index{3});
  const auto log = Compacted::log();
  for (std::size_t from = 0; from < log.size(); ++from) {
    const EntryId previous = from == 0 ? EntryId{} : log[from - 1].id();
    c.bench.receive(
        1, 3, 1,
        AppendEntries{previous, Index{4}, {}, {log.begin() + static_cast<long>(from), log.end()}});
    const auto replies = c.bench.sent<AppendEntriesReply>(3);
    ASSERT_EQ(replies.size(), 1U) << from;
    EXPECT_TRUE(replies[0].second.success) << from;
    EXPECT_EQ(replies[0].second.match, Index{4}) << from;
    c.bench.drop(all());
    EXPECT_EQ(c.bench.state(3).last, Index{4}) << from;
  }
  EXPECT_EQ(c.bench.applied(3), (std::vector<std::string>{"a", "b", "c"}));
}

// Entries behind a snapshot are kept for followers that are a little late, but not at any price. A
// follower that needs the snapshot is sent heartbeats with the first entry that is still there.
TEST(Compaction_, Margin_IsBoundedInEntriesAndInBytes) {
  for (const auto& [entries, bytes_max, kept] :
       {std::tuple{2U, 1000U, 2U}, {100U, 24U, 2U}, {100U, 9U, 0U}, {100U, 50U, 5U}}) {
    bench::BenchSetup setup;
    setup.config.compaction_margin = entries;
    setup.config.compaction_margin_bytes = bytes_max;
    Bench bench(setup);
    bench.isolate(3);
    bench.elect(1);
    for (int i = 0; i < 5; ++i) bench.propose(1, std::string(10, 'x'));
    bench.settle();
    bench.compact(1);
    bench.heal();
    bench.heartbeat(1);
    bench.deliver(link(1, 3));
    bench.deliver(link(3, 1));
    bench.heartbeat(1);
    const Index last = bench.state(1).last;
    ASSERT_EQ(bench.state(1).snapshot, last);
    std::optional<Index> base;
    for (const auto& [message, append] : bench.sent<raft::AppendEntries>(1)) {
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

// A receipt for entries that an installed snapshot replaced proves nothing about those behind it.
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
  // Of another leader an older one may be the one to wait for.
  EXPECT_EQ(incoming.add(piece(5, 0, 4), Term{2}), Result::kWantMore);
  EXPECT_EQ(incoming.wanted(), 4U);
}

TEST_F(IncomingPieces, WrongChecksumOfTheWhole_BeginsAnew) {
  InstallSnapshot damaged = piece(5, 0, 99);
  damaged.piece[3] ^= 1;
  EXPECT_EQ(incoming.add(damaged, Term{1}), Result::kWantMore);
  EXPECT_EQ(incoming.wanted(), 0U);
  EXPECT_EQ(incoming.add(piece(5, 0, 99), Term{1}), Result::kComplete);
}

}  // namespace
}  // namespace capsize::bench

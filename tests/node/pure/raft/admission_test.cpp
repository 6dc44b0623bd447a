// Messages that no correct node sends. Before admission.cpp refused it, each of them failed a CHECK
// or blocked a cluster permanently.
#include <gtest/gtest.h>

#include "base/crc32c.h"
#include "node/raft/raft.h"
#include "tests/node/pure/support/raft_fixture.h"

namespace capsize::fixture {
namespace {

using raft::AppendEntries;
using raft::InstallSnapshot;
using raft::Message;
using raft::RequestVote;
using raft::Role;

/// n1 leads n2 and n3 in term 1; two entries are committed everywhere.
struct Admission : ::testing::Test {
  Admission() {
    cluster.elect(1);
    cluster.propose(1, "a");
    cluster.settle();
    cluster.heartbeat(1);
    cluster.settle();
  }
  std::string receive(std::uint32_t from, std::uint32_t to, std::uint64_t term,
                      raft::MessageBody body) {
    const auto cause =
        cluster.node(to).receive({n(from), n(to), Term{term}, std::move(body)}, cluster.now(to));
    return std::string(cause.value_or(""));
  }
  /// The cluster still works: n1 leads, after an election if needed, and a write reaches all nodes.
  void expect_alive() {
    cluster.settle();
    if (cluster.state(1).role != Role::kLeader) cluster.elect(1);
    ASSERT_TRUE(cluster.propose(1, "b"));
    for (int n = 0; n < 3; ++n) {
      cluster.settle();
      cluster.heartbeat(1);
    }
    cluster.settle();
    for (std::uint32_t i = 1; i <= 3; ++i) {
      EXPECT_EQ(cluster.applied(i), (std::vector<std::string>{"a", "b"})) << "n" << i;
    }
    EXPECT_TRUE(cluster.violations().empty());
  }
  static RequestVote vote() { return {.last = {Term{1}, Index{100}}, .transfer = true}; }
  RaftFixture cluster;
};

constexpr std::uint64_t kHigh = std::uint64_t{1} << 61;
constexpr std::uint64_t kStep = std::uint64_t{1} << 20;

TEST_F(Admission, EnormousTerm_ChangesNothing) {
  for (const std::uint64_t term : {2 * kHigh - 1, kHigh + kStep + 1}) {
    EXPECT_EQ(receive(2, 1, term, vote()), "term-too-high");
    EXPECT_EQ(receive(2, 3, term, AppendEntries{}), "term-too-high");
  }
  EXPECT_EQ(cluster.state(1).role, Role::kLeader);
  EXPECT_EQ(cluster.state(3).term, Term{1});
  expect_alive();
}

/// Frames have moved the nodes to different terms, as high as a frame can: elections still work.
TEST_F(Admission, HighTerms_CostOnlyElections) {
  for (const std::uint64_t term : {kHigh / 2, kHigh + kStep, kHigh + kStep + 5}) {
    EXPECT_EQ(receive(2, 1, term, vote()), "");
    EXPECT_EQ(cluster.state(1).term, Term{term});
    EXPECT_EQ(receive(2, 3, term - 7, vote()), "");
    // A lagging node learns the term from refusals, with one campaign per node.
    for (std::uint32_t i = 1; i <= 3; ++i) {
      cluster.advance_all(milliseconds(1000));
      cluster.campaign(i);
      cluster.settle();
      if (cluster.state(i).role == Role::kLeader) cluster.heartbeat(i);
      cluster.settle();
    }
    std::size_t leaders = 0;
    for (std::uint32_t i = 1; i <= 3; ++i) leaders += cluster.state(i).role == Role::kLeader;
    ASSERT_EQ(leaders, 1U);
  }
  EXPECT_TRUE(cluster.violations().empty());
}

TEST_F(Admission, SecondLeaderOfATerm_IsRefusedByTheFirst) {
  EXPECT_EQ(receive(2, 1, 1, AppendEntries{{Term{1}, Index{1}}, {}, {}, {}}), "second-leader");
  InstallSnapshot piece;
  piece.last.id = {Term{1}, Index{9}};
  piece.configuration.voters = {n(1), n(2), n(3)};
  EXPECT_EQ(receive(2, 1, 1, piece), "second-leader");
  EXPECT_EQ(cluster.state(1).role, Role::kLeader);
  expect_alive();
}

TEST_F(Admission, EntriesThatReplaceCommittedOnes_AreNotStored) {
  const Index commit = cluster.state(2).commit;
  ASSERT_EQ(commit, Index{2});
  AppendEntries other;
  other.entries = {entry(2, 1, "x")};
  EXPECT_EQ(receive(3, 2, 2, other), "contradicts-commit");
  other.previous = {Term{1}, Index{1}};
  other.entries = {entry(2, 2, "x")};
  EXPECT_EQ(receive(3, 2, 2, other), "contradicts-commit");
  EXPECT_EQ(cluster.log_terms(2), (std::vector<std::uint64_t>{1, 1}));
  // The same entries again may be a late copy, and are accepted.
  other.previous = {};
  other.entries = {entry(1, 1, "late"), entry(1, 2, "copy")};
  EXPECT_EQ(receive(1, 2, 1, other), "");
  expect_alive();
}

/// Entries below and across the base of a compacted log.
TEST_F(Admission, EntriesAcrossTheBase_MustAgreeWithIt) {
  cluster.compact(2);
  AppendEntries other;
  other.entries = {entry(1, 1, "?"), entry(2, 2, "x"), entry(2, 3, "y")};
  EXPECT_EQ(receive(3, 2, 2, other), "contradicts-commit");
  expect_alive();
}

TEST_F(Admission, MalformedEntries_AreCounted) {
  AppendEntries gap{{Term{1}, Index{2}}, {}, {}, {entry(1, 4)}};
  EXPECT_EQ(receive(1, 2, 1, gap), "malformed-entries");
  AppendEntries later{{Term{1}, Index{2}}, {}, {}, {entry(2, 3)}};
  EXPECT_EQ(receive(1, 2, 1, later), "malformed-entries");
  AppendEntries members{{Term{1}, Index{2}}, {}, {}, {entry(1, 3, raft::encode({}))}};
  members.entries[0].type = raft::EntryType::kConfiguration;
  EXPECT_EQ(receive(1, 2, 1, members), "malformed-entries");
  EXPECT_EQ(receive(1, 2, 1, InstallSnapshot{}), "malformed-snapshot");
  expect_alive();
}

TEST_F(Admission, EnormousIndexes_CountOnlyForWhatTheyProve) {
  const std::uint64_t huge = (std::uint64_t{1} << 61);
  EXPECT_EQ(receive(1, 2, 1, AppendEntries{{Term{1}, Index{2}}, Index{huge}, {}, {}}), "");
  EXPECT_EQ(cluster.state(2).commit, Index{2});
  raft::AppendEntriesReply reply;
  reply.success = true;
  reply.match = Index{huge};
  EXPECT_EQ(receive(2, 1, 1, reply), "");
  reply = {};
  reply.rejected = Index{2};
  reply.conflict = {Term{0}, Index{huge}};
  EXPECT_EQ(receive(2, 1, 1, reply), "");
  reply.lost = true;
  EXPECT_EQ(receive(2, 1, 1, reply), "");
  EXPECT_EQ(receive(2, 1, 1, raft::ReadIndexReply{huge, Index{huge}}), "");
  EXPECT_EQ(cluster.state(1).commit, Index{2});
  expect_alive();
}

/// The content is complete and its checksum correct, but no state machine can restore it.
TEST(AdmissionOfSnapshots, ContentThatCannotBeRestored_IsNotInstalled) {
  FixtureSetup setup;
  setup.config.accepts_state = [](std::string_view state) { return state != "bad"; };
  RaftFixture cluster(setup);
  InstallSnapshot piece;
  piece.last.id = {Term{1}, Index{9}};
  piece.configuration.voters = {n(1), n(2), n(3)};
  piece.piece = "bad";
  piece.size = 3;
  piece.checksum = base::crc32c(piece.piece);
  EXPECT_FALSE(cluster.node(2).receive({n(1), n(2), Term{1}, piece}, cluster.now(2)));
  EXPECT_EQ(cluster.state(2).snapshot, Index{0});
  EXPECT_EQ(cluster.state(2).last, Index{0});
}

}  // namespace
}  // namespace capsize::fixture

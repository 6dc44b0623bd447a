// What one frame must not bring about: each message here is one that no node sends which follows
// the rules, and each broke a CHECK, or ended a cluster permanently, before it was refused.
#include <gtest/gtest.h>

#include "base/crc32c.h"
#include "node/raft/raft.h"
#include "tests/node/pure/support/bench.h"

namespace capsize::bench {
namespace {

using raft::AppendEntries;
using raft::InstallSnapshot;
using raft::Message;
using raft::RequestVote;
using raft::Role;

/// n1 leads n2 and n3 in term 1; two entries are committed everywhere.
struct Admission : ::testing::Test {
  Admission() {
    bench.elect(1);
    bench.propose(1, "a");
    bench.settle();
    bench.heartbeat(1);
    bench.settle();
  }
  std::string receive(std::uint32_t from, std::uint32_t to, std::uint64_t term,
                      raft::MessageBody body) {
    const auto cause =
        bench.node(to).receive({n(from), n(to), Term{term}, std::move(body)}, bench.now(to));
    return std::string(cause.value_or(""));
  }
  /// The cluster works: n1 leads, if need be again, and a write reaches all.
  void expect_alive() {
    bench.settle();
    if (bench.state(1).role != Role::kLeader) bench.elect(1);
    ASSERT_TRUE(bench.propose(1, "b"));
    for (int n = 0; n < 3; ++n) {
      bench.settle();
      bench.heartbeat(1);
    }
    bench.settle();
    for (std::uint32_t i = 1; i <= 3; ++i) {
      EXPECT_EQ(bench.applied(i), (std::vector<std::string>{"a", "b"})) << "n" << i;
    }
    EXPECT_TRUE(bench.violations().empty());
  }
  static RequestVote vote() { return {.last = {Term{1}, Index{100}}, .transfer = true}; }
  Bench bench;
};

constexpr std::uint64_t kHigh = std::uint64_t{1} << 61;
constexpr std::uint64_t kStep = std::uint64_t{1} << 20;

TEST_F(Admission, EnormousTerm_ChangesNothing) {
  for (const std::uint64_t term : {2 * kHigh - 1, kHigh + kStep + 1}) {
    EXPECT_EQ(receive(2, 1, term, vote()), "term-too-high");
    EXPECT_EQ(receive(2, 3, term, AppendEntries{}), "term-too-high");
  }
  EXPECT_EQ(bench.state(1).role, Role::kLeader);
  EXPECT_EQ(bench.state(3).term, Term{1});
  expect_alive();
}

/// Different nodes at different terms, as high as a frame leads: elections still work.
TEST_F(Admission, HighTerms_CostElectionsAndNoMore) {
  for (const std::uint64_t term : {kHigh / 2, kHigh + kStep, kHigh + kStep + 5}) {
    EXPECT_EQ(receive(2, 1, term, vote()), "");
    EXPECT_EQ(bench.state(1).term, Term{term});
    EXPECT_EQ(receive(2, 3, term - 7, vote()), "");
    // A node that lags learns from refusals, one campaign a node.
    for (std::uint32_t i = 1; i <= 3; ++i) {
      bench.advance_all(milliseconds(1000));
      bench.campaign(i);
      bench.settle();
      if (bench.state(i).role == Role::kLeader) bench.heartbeat(i);
      bench.settle();
    }
    std::size_t leaders = 0;
    for (std::uint32_t i = 1; i <= 3; ++i) leaders += bench.state(i).role == Role::kLeader;
    ASSERT_EQ(leaders, 1U);
  }
  EXPECT_TRUE(bench.violations().empty());
}

TEST_F(Admission, SecondLeaderOfATerm_IsNotBelievedByTheFirst) {
  EXPECT_EQ(receive(2, 1, 1, AppendEntries{{Term{1}, Index{1}}, {}, {}, {}}), "second-leader");
  InstallSnapshot piece;
  piece.last.id = {Term{1}, Index{9}};
  piece.configuration.voters = {n(1), n(2), n(3)};
  EXPECT_EQ(receive(2, 1, 1, piece), "second-leader");
  EXPECT_EQ(bench.state(1).role, Role::kLeader);
  expect_alive();
}

TEST_F(Admission, EntriesInPlaceOfCommittedOnes_AreNotStored) {
  const Index commit = bench.state(2).commit;
  ASSERT_EQ(commit, Index{2});
  AppendEntries other;
  other.entries = {entry(2, 1, "x")};
  EXPECT_EQ(receive(3, 2, 2, other), "contradicts-commit");
  other.previous = {Term{1}, Index{1}};
  other.entries = {entry(2, 2, "x")};
  EXPECT_EQ(receive(3, 2, 2, other), "contradicts-commit");
  EXPECT_EQ(bench.log_terms(2), (std::vector<std::uint64_t>{1, 1}));
  // The same entries again are what a late copy looks like.
  other.previous = {};
  other.entries = {entry(1, 1, "late"), entry(1, 2, "copy")};
  EXPECT_EQ(receive(1, 2, 1, other), "");
  expect_alive();
}

/// Beyond the base of a compacted log, and over it.
TEST_F(Admission, EntriesAcrossTheBase_MustAgreeWithIt) {
  bench.compact(2);
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

TEST_F(Admission, EnormousNumbers_AreTakenForWhatTheyProve) {
  const std::uint64_t huge = (std::uint64_t{1} << 61);
  EXPECT_EQ(receive(1, 2, 1, AppendEntries{{Term{1}, Index{2}}, Index{huge}, {}, {}}), "");
  EXPECT_EQ(bench.state(2).commit, Index{2});
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
  EXPECT_EQ(bench.state(1).commit, Index{2});
  expect_alive();
}

/// The whole content is there, with a right checksum, and no state machine can restore it.
TEST(AdmissionOfSnapshots, ContentThatCannotBeRestored_IsNotInstalled) {
  BenchSetup setup;
  setup.config.accepts_state = [](std::string_view state) { return state != "bad"; };
  Bench bench(setup);
  InstallSnapshot piece;
  piece.last.id = {Term{1}, Index{9}};
  piece.configuration.voters = {n(1), n(2), n(3)};
  piece.piece = "bad";
  piece.size = 3;
  piece.checksum = base::crc32c(piece.piece);
  EXPECT_FALSE(bench.node(2).receive({n(1), n(2), Term{1}, piece}, bench.now(2)));
  EXPECT_EQ(bench.state(2).snapshot, Index{0});
  EXPECT_EQ(bench.state(2).last, Index{0});
}

}  // namespace
}  // namespace capsize::bench

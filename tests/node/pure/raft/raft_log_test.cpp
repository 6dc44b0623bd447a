#include "node/raft/raft_log.h"

#include <gtest/gtest.h>

#include "node/raft/chain_hash.h"
#include "tests/node/pure/support/raft_fixture.h"

namespace capsize::raft {
namespace {

using fixture::entries;
using fixture::entry;

TEST(RaftLog, Empty_EndsBeforeIndexOne) {
  const RaftLog log;
  EXPECT_EQ(log.last(), EntryId{});
  EXPECT_EQ(log.term(Index{0}), Term{0});
  EXPECT_EQ(log.hash(Index{0}), kEmptyLogHash);
  EXPECT_TRUE(log.contains({}));
}

// etcd/raft 76f1249: a missing entry has no term, not term 0.
TEST(RaftLog, TermBeyondTheEnd_IsNullopt) {
  const RaftLog log(entries({1}));
  EXPECT_EQ(log.term(Index{2}), std::nullopt);
  EXPECT_FALSE(log.contains({Term{0}, Index{2}}));
}

TEST(RaftLog, Hash_DependsOnTermTypePayloadAndHistory) {
  const RaftLog one(entries({1, 1, 2}));
  const RaftLog same(entries({1, 1, 2}));
  const RaftLog other_past(entries({1, 2, 2}));
  EXPECT_EQ(one.hash(Index{3}), same.hash(Index{3}));
  EXPECT_NE(one.hash(Index{3}), other_past.hash(Index{3}));
  Entry base = entry(1, 1, "abcdefgh1");
  const std::uint64_t hash = chain_hash(kEmptyLogHash, base);
  for (const char* payload : {"abcdefgh2", "abcdefgh", "abcdefgh1x", ""}) {
    EXPECT_NE(chain_hash(kEmptyLogHash, entry(1, 1, payload)), hash) << payload;
  }
  base.type = EntryType::kNoop;
  EXPECT_NE(chain_hash(kEmptyLogHash, base), hash);
}

TEST(RaftLog, TruncateAndAppend_ContinuesTheChain) {
  RaftLog log(entries({1, 1, 1}));
  log.truncate_from(Index{2});
  EXPECT_EQ(log.last(), (EntryId{Term{1}, Index{1}}));
  const auto expected = entries({1, 2});
  log.append(expected[1]);
  EXPECT_EQ(log.hash(Index{2}), RaftLog(expected).hash(Index{2}));
}

TEST(RaftLog, TermBounds_ByBinarySearch) {
  const RaftLog log(entries({1, 1, 3, 3, 3, 6}));
  EXPECT_EQ(log.first_of_term_at(Index{2}), Index{1});
  EXPECT_EQ(log.first_of_term_at(Index{5}), Index{3});
  EXPECT_EQ(log.first_of_term_at(Index{6}), Index{6});
  EXPECT_EQ(log.last_with_term_at_most(Term{3}, Index{6}), Index{5});
  EXPECT_EQ(log.last_with_term_at_most(Term{5}, Index{6}), Index{5});
  EXPECT_EQ(log.last_with_term_at_most(Term{3}, Index{4}), Index{4});
  EXPECT_EQ(log.last_with_term_at_most(Term{0}, Index{6}), Index{0});
  EXPECT_EQ(log.last_with_term_at_most(Term{9}, Index{99}), Index{6});
}

TEST(RaftLog, Slice_ReturnsAtLeastOneEntryWhateverItsSize) {
  RaftLog log;
  log.append(entry(1, 1, std::string(100, 'a')));
  log.append(entry(1, 2, "b"));
  log.append(entry(1, 3, "c"));
  EXPECT_EQ(log.slice(Index{1}, 10, 10).size(), 1U);
  EXPECT_EQ(log.slice(Index{2}, 10, 10).size(), 2U);
  EXPECT_EQ(log.slice(Index{2}, 1, 10).size(), 1U);
  EXPECT_EQ(log.slice(Index{4}, 10, 10).size(), 0U);
}

TEST(RaftLog, Stable_FollowsReceiptsInOrder) {
  RaftLog log;
  log.append(entry(1, 1));
  EXPECT_EQ(log.take_unstable(SyncToken{1}).size(), 1U);
  log.append(entry(1, 2));
  EXPECT_TRUE(log.has_untaken());
  EXPECT_EQ(log.take_unstable(SyncToken{2}).size(), 1U);
  EXPECT_FALSE(log.has_untaken());
  log.synced(SyncToken{1});
  EXPECT_EQ(log.stable(), Index{1});
  log.synced(SyncToken{2});
  EXPECT_EQ(log.stable(), Index{2});
}

TEST(RaftLogDeathTest, GapsAndDecreasingTerms_FailACheck) {
  RaftLog log(entries({2}));
  EXPECT_EXIT(log.append(entry(2, 3)), testing::ExitedWithCode(70), "no gaps");
  EXPECT_EXIT(log.append(entry(1, 2)), testing::ExitedWithCode(70), "terms never decrease");
}

}  // namespace
}  // namespace capsize::raft

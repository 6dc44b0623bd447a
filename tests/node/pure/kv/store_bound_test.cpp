// The bound of the store's content: no command exceeds it, none that shrinks the content is
// refused, and all replicas decide alike, whether they applied all commands or started from a
// snapshot.
#include <gtest/gtest.h>

#include "base/prng.h"
#include "node/kv/store.h"

namespace capsize::kv {
namespace {

constexpr std::uint64_t kBound = 200;

Command command(Operation operation, std::string key, std::string value = "",
                std::string expected = "") {
  return {{}, {}, operation, std::move(key), std::move(value), std::move(expected), {}, {}, {}};
}

Command draw(base::Prng& random) {
  const auto key = [&] { return std::string(1, static_cast<char>('a' + random.below(5))); };
  const auto text = [&] { return '"' + std::string(random.below(60), 'x') + '"'; };
  switch (random.below(6)) {
    case 0:
      return command(Operation::kWrite, key(), random.below(4) == 0 ? "null" : text());
    case 1:
      return command(Operation::kAppend, key(), text());
    case 2:
      return command(Operation::kCas, key(), text(), "null");
    case 3:
      return command(Operation::kDelete, key());
    case 4:
      return command(Operation::kAppend, key(), "1");
    default:
      Command transaction;
      transaction.operation = Operation::kTxn;
      transaction.steps = {{Step::Kind::kWrite, key(), "null"},
                           {Step::Kind::kWrite, key(), text()},
                           {Step::Kind::kAppend, key(), "7"}};
      return transaction;
  }
}

std::string snapshot_of(Store& store) {
  std::string bytes;
  store.freeze().append_to(bytes);
  store.thaw();
  return bytes;
}

TEST(StoreBound, RandomCommands_StayWithinTheBoundOnEveryReplica) {
  std::size_t refused = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    base::Prng random = base::Prng::stream(seed, "store-bound");
    Store store(kBound), replica(kBound);
    for (int n = 0; n < 200; ++n) {
      const Command next = draw(random);
      const std::uint64_t before = store.hash();
      const Reply reply = store.apply(next);
      const Reply other = replica.apply(next);
      ASSERT_EQ(reply.outcome, other.outcome);
      ASSERT_EQ(reply.error, other.error);
      ASSERT_LE(store.bytes(), kBound);
      ASSERT_EQ(snapshot_of(store).size(), kStoreOverheadBytes + store.bytes());
      if (reply.outcome == Outcome::kFail) {
        ASSERT_EQ(store.hash(), before) << reply.error << " changes nothing";
      }
      refused += reply.error == "state-full";
      if (random.below(10) == 0) replica = *Store::deserialize(snapshot_of(store), kBound);
    }
  }
  EXPECT_GT(refused, 1000U);
}

TEST(StoreBound, FullStore_CanShrinkAndThenGrow) {
  Store store(kBound);
  const std::string big = '"' + std::string(kBound - 8 - 1 - 2, 'x') + '"';
  ASSERT_EQ(store.apply(command(Operation::kWrite, "a", big)).outcome, Outcome::kOk);
  ASSERT_EQ(store.bytes(), kBound);
  EXPECT_EQ(store.apply(command(Operation::kWrite, "b", "1")).error, "state-full");
  EXPECT_EQ(store.apply(command(Operation::kAppend, "b", "1")).error, "state-full");
  EXPECT_EQ(store.apply(command(Operation::kAppend, "a", "\"\"")).error, "state-full");
  EXPECT_EQ(store.read("b").value, "null");
  EXPECT_EQ(store.apply(command(Operation::kWrite, "a", big)).outcome, Outcome::kOk);
  EXPECT_EQ(store.apply(command(Operation::kCas, "a", "1", big)).outcome, Outcome::kOk);
  EXPECT_EQ(store.apply(command(Operation::kWrite, "b", "1")).outcome, Outcome::kOk);
  EXPECT_EQ(store.apply(command(Operation::kDelete, "b")).outcome, Outcome::kOk);
  EXPECT_EQ(store.bytes(), entry_bytes("a", "1"));
}

/// A snapshot of a version without the bound.
TEST(StoreBound, ContentOverTheBound_IsReadAndCanOnlyShrink) {
  Store large;
  const std::string big = '"' + std::string(2 * kBound, 'x') + '"';
  large.apply(command(Operation::kWrite, "a", big));
  auto store = Store::deserialize(snapshot_of(large), kBound);
  ASSERT_TRUE(store);
  EXPECT_EQ(store->apply(command(Operation::kWrite, "b", "1")).error, "state-full");
  EXPECT_EQ(store->apply(command(Operation::kWrite, "a", big.substr(2))).outcome, Outcome::kOk);
  EXPECT_EQ(store->apply(command(Operation::kDelete, "a")).outcome, Outcome::kOk);
  EXPECT_EQ(store->apply(command(Operation::kWrite, "b", "1")).outcome, Outcome::kOk);
}

}  // namespace
}  // namespace capsize::kv

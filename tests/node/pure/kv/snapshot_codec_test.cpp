// The store's content in the format of a snapshot.

#include <gtest/gtest.h>

#include "node/kv/store.h"

namespace capsize::kv {
namespace {

Store filled() {
  Store store;
  for (const auto& [key, value] : {std::pair{"b", "[1,2]"}, {"a", "\"x\""}, {"", "5"}}) {
    store.apply({{}, {}, Operation::kWrite, key, value, ""});
  }
  return store;
}

std::string serialize(Store store) {
  std::string bytes;
  store.freeze().append_to(bytes);
  return bytes;
}

TEST(StoreSnapshot, RestoredStore_HasTheSameContent) {
  const auto restored = Store::deserialize(serialize(filled()));
  ASSERT_TRUE(restored);
  EXPECT_EQ(restored->hash(), filled().hash());
  EXPECT_EQ(restored->read("b").value, "[1,2]");
  EXPECT_EQ(Store::deserialize(serialize(Store()))->size(), 0U);
}

TEST(StoreSnapshot, EqualContents_GiveEqualBytesWhateverTheHistory) {
  Store other;
  for (const auto& [key, value] :
       {std::pair{"gone", "1"}, {"", "5"}, {"a", "\"x\""}, {"b", "[1]"}, {"gone", "null"}}) {
    other.apply({{}, {}, Operation::kWrite, key, value, ""});
  }
  other.apply({{}, {}, Operation::kAppend, "b", "2", ""});
  EXPECT_EQ(serialize(std::move(other)), serialize(filled()));
}

TEST(StoreSnapshot, DamagedOrTorn_IsRefused) {
  const std::string good = serialize(filled());
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string damaged = good;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    EXPECT_FALSE(Store::deserialize(damaged)) << i;
    EXPECT_FALSE(Store::deserialize(good.substr(0, i))) << i;
  }
  EXPECT_FALSE(Store::deserialize(good + '\0'));
}

}  // namespace
}  // namespace capsize::kv

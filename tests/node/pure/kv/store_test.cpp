#include "node/kv/store.h"

#include <gtest/gtest.h>

#include "base/prng.h"

namespace capsize::kv {
namespace {

struct StoreTest : testing::Test {
  Reply write(const std::string& value) { return apply(Operation::kWrite, value); }
  Reply append(const std::string& value) { return apply(Operation::kAppend, value); }
  Reply cas(const std::string& expected, const std::string& value) {
    return apply(Operation::kCas, value, expected);
  }
  Reply erase() { return apply(Operation::kDelete); }
  Reply apply(Operation operation, const std::string& value = "",
              const std::string& expected = "") {
    return store.apply({ClientId{1}, Sequence{1}, operation, "x", value, expected});
  }
  std::string value() const { return store.read("x").value; }
  Store store;
};

TEST_F(StoreTest, AbsentKey_ReadsNull) {
  EXPECT_EQ(value(), "null");
}

TEST_F(StoreTest, Write_IsRead) {
  EXPECT_EQ(write("5").outcome, Outcome::kOk);
  EXPECT_EQ(value(), "5");
}

TEST_F(StoreTest, Delete_OfPresentOrAbsentKey_IsOk) {
  EXPECT_EQ(erase().outcome, Outcome::kOk);
  write("5");
  EXPECT_EQ(erase().outcome, Outcome::kOk);
  EXPECT_EQ(value(), "null");
}

TEST_F(StoreTest, WritingNull_EqualsDeleting) {
  const std::uint64_t empty = store.hash();
  write("5");
  write("null");
  EXPECT_EQ(store.hash(), empty);
  EXPECT_EQ(cas("null", "6").outcome, Outcome::kOk);
  EXPECT_EQ(cas("6", "null").outcome, Outcome::kOk);
  EXPECT_EQ(store.hash(), empty);
}

TEST_F(StoreTest, Cas_MatchesOrFailsWithoutEffect) {
  EXPECT_EQ(cas("null", "1").outcome, Outcome::kOk);
  const Reply refused = cas("null", "2");
  EXPECT_EQ(refused.outcome, Outcome::kFail);
  EXPECT_EQ(refused.error, "mismatch");
  EXPECT_EQ(value(), "1");
  EXPECT_EQ(cas("1", "2").outcome, Outcome::kOk);
  EXPECT_EQ(value(), "2");
}

TEST_F(StoreTest, Append_BuildsAnArray) {
  append("1");
  EXPECT_EQ(value(), "[1]");
  append("\"a,]\"");
  append("[2,3]");
  EXPECT_EQ(value(), "[1,\"a,]\",[2,3]]");
  write("[]");
  append("1");
  EXPECT_EQ(value(), "[1]");
}

TEST_F(StoreTest, AppendOfAStringToAString_Joins) {
  write("\"ab\"");
  EXPECT_EQ(append("\"cd\"").outcome, Outcome::kOk);
  EXPECT_EQ(value(), "\"abcd\"");
  EXPECT_EQ(append("\"\"").outcome, Outcome::kOk);
  EXPECT_EQ(value(), "\"abcd\"");
}

TEST_F(StoreTest, AppendToAnotherType_IsWrongType) {
  for (const std::string there : {"5", "true", "{\"a\":[1]}", "\"text\""}) {
    write(there);
    const Reply refused = append("7");
    EXPECT_EQ(refused.outcome, Outcome::kFail) << there;
    EXPECT_EQ(refused.error, "wrong-type");
    EXPECT_EQ(value(), there);
  }
}

TEST_F(StoreTest, AppendBeyondTheBound_FailsWithoutEffect) {
  write("[" + std::string(kValueBytesMax - 4, '1') + "]");
  EXPECT_EQ(append("7").outcome, Outcome::kOk);
  const std::string full = value();
  EXPECT_EQ(full.size(), kValueBytesMax);
  EXPECT_EQ(append("7").error, "too-large");
  EXPECT_EQ(value(), full);
  erase();
  EXPECT_EQ(append(std::string(kValueBytesMax, '1')).error, "too-large");
  EXPECT_EQ(value(), "null");
}

TEST_F(StoreTest, Hash_DependsOnContentOnly) {
  Store other;
  for (const std::string key : {"a", "b", "c"}) {
    store.apply({{}, {}, Operation::kWrite, key, "1", ""});
  }
  for (const std::string key : {"c", "a", "d", "b"}) {
    other.apply({{}, {}, Operation::kWrite, key, "1", ""});
  }
  EXPECT_NE(store.hash(), other.hash());
  other.apply({{}, {}, Operation::kDelete, "d", "", ""});
  EXPECT_EQ(store.hash(), other.hash());
  // The boundary between a value and the next key is part of the hash.
  Store left, right;
  left.apply({{}, {}, Operation::kWrite, "a", "11", ""});
  right.apply({{}, {}, Operation::kWrite, "a1", "1", ""});
  EXPECT_NE(left.hash(), right.hash());
}

}  // namespace
}  // namespace capsize::kv

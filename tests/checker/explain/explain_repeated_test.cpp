// Names where values repeat, and of strings that are put, appended to and deleted.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "checker/explain/explain.h"
#include "tests/checker/explain/script.h"

namespace capsize::checker {
namespace {

using ::testing::HasSubstr;
using testing::Script;

std::string named(const Script& script, const std::string& model) {
  return std::string(name(script.violation(model).anomaly));
}
std::string kv(const Script& script) {
  return named(script, "kv");
}
std::string list(const Script& script) {
  return named(script, "list");
}
std::string cas(const Script& script) {
  return named(script, "cas-register");
}

// Short for the JSON text of a string.
std::string text(const std::string& value) {
  return '"' + value + '"';
}

class Store : public Script {
 public:
  Store& put(int process, const std::string& value) {
    call(process, "write", text(value), text(value));
    return *this;
  }
  Store& append(int process, const std::string& value) {
    call(process, "append", text(value), text(value));
    return *this;
  }
  Store& remove(int process) {
    call(process, "delete", "null");
    return *this;
  }
  Store& get(int process, const std::string& value) {
    read(process, value.empty() ? "null" : text(value));
    return *this;
  }
};

TEST(ExplainStrings, PutOrDeletedBeforeTheRead_IsStaleOrLost) {
  const auto both = [](Store store) { return kv(store.get(3, "a;").get(4, "a;")); };
  EXPECT_EQ(kv(Store().put(1, "a;").append(2, "b;").get(3, "a;")), "stale read or lost write");
  EXPECT_EQ(both(Store().put(1, "a;").append(2, "b;")), "lost append");
  EXPECT_EQ(kv(Store().put(1, "a;").append(2, "b;").get(3, "a;").get(3, "a;b;")), "stale read");
  EXPECT_EQ(both(Store().append(1, "a;").put(2, "b;")), "lost write");
  EXPECT_EQ(both(Store().append(1, "a;").remove(2)), "lost write");
  EXPECT_EQ(both(Store().append(1, "a;").put(2, "b;").get(4, "b;")), "stale read or lost write");
  EXPECT_EQ(kv(Store().remove(1).append(2, "a;").get(3, "").get(3, "a;")), "stale read");
}

TEST(ExplainStrings, StaleRead_TellsWhoOvertookIt) {
  Store store;
  store.put(1, "a;").append(2, "b;").remove(4).get(3, "a;b;").get(5, "");
  const Violation violation = store.violation("kv");
  EXPECT_EQ(
      violation.sentence,
      "read of x by process 3 returned \"a;b;\", 1 ms after delete of x had been acknowledged "
      "to process 4: a stale read");
  ASSERT_TRUE(violation.staleness.has_value());
  EXPECT_EQ(violation.staleness->nanoseconds, 1'000'000);
  EXPECT_EQ(violation.staleness->versions, 1U);
}

TEST(ExplainStrings, PiecesThatCannotBe_HaveTheirNames) {
  EXPECT_EQ(kv(Store().put(1, "a;").append(2, "b;").get(3, "a;b;b;")), "duplicate append");
  EXPECT_EQ(kv(Store().put(1, "a;").append(2, "b;").get(3, "a;b;c;")), "garbage read");
  EXPECT_EQ(kv(Store().put(1, "a;").append(2, "b;").get(3, "a;c;")), "garbage read");
  EXPECT_EQ(kv(Store().put(1, "a;").append(2, "b;").append(2, "c;").get(3, "a;c;b;")),
            "reordered append");
  EXPECT_EQ(kv(Store().put(1, "a;").append(2, "b;").append(2, "c;").get(3, "a;c;")), "lost append");
  EXPECT_EQ(kv(Store().append(1, "a;").put(2, "b;").append(2, "c;").get(3, "a;c;")), "lost write");
  EXPECT_EQ(kv(Store().put(1, "a;").get(3, "a;b;").append(2, "b;")), "read before its write");
  Store aborted;
  aborted.put(1, "a;").invoke(2, "append", text("b;")).fail(2, "append", text("b;"));
  EXPECT_EQ(kv(aborted.get(3, "a;b;")), "aborted read");
}

TEST(ExplainStrings, ReadsThatGoOnDifferently_AreAReorderedAppend) {
  Store store;
  store.put(1, "a;").invoke(1, "append", text("b;")).invoke(2, "append", text("c;"));
  EXPECT_EQ(kv(store.get(3, "a;b;c;").get(4, "a;c;b;")), "reordered append");
}

// A delete long before is on the page because the string may begin anew after it, but it is not
// what was lost.
TEST(ExplainStrings, OldDelete_IsNotCalledLost) {
  EXPECT_EQ(kv(Store().remove(1).put(1, "a;").append(2, "b;").append(2, "c;").get(3, "a;c;b;")),
            "reordered append");
  EXPECT_EQ(kv(Store().remove(1).append(1, "a;").append(2, "b;").append(2, "c;").get(3, "a;c;")),
            "lost append");
}

// Put behind what was there instead of in its place: the literature has no name for it.
TEST(ExplainStrings, PutThatAppended_HasNoName) {
  EXPECT_EQ(kv(Store().append(1, "a;").put(2, "b;").get(3, "a;b;")), "no legal order");
}

TEST(ExplainRepeated, ValueThatIsOverwritten_IsStaleOrLost) {
  const auto loop = [] { return Script().call(1, "write", "1").call(1, "cas", "[1,1]"); };
  EXPECT_EQ(cas(loop().call(2, "write", "2").read(3, "1")), "stale read or lost write");
  EXPECT_EQ(cas(loop().call(2, "write", "2").read(3, "1").read(4, "1")), "lost write");
  EXPECT_EQ(cas(loop().call(2, "write", "2").read(3, "1").read(3, "2")), "stale read");
}

// Either of the reads could be the wrong one: late, or from the future. It was late.
TEST(ExplainRepeated, ReadsThatContradictEachOther_AreAStaleReadRatherThanAnEarlyOne) {
  EXPECT_EQ(cas(Script()
                    .call(1, "write", "1")
                    .invoke(2, "cas", "[1,2]")
                    .read(3, "2")
                    .read(4, "1")
                    .call(1, "write", "1")),
            "stale read or lost write");
}

TEST(ExplainRepeated, WrittenOnlyAfterTheRead_IsReadBeforeItsWrite) {
  EXPECT_EQ(cas(Script()
                    .call(1, "write", "1")
                    .call(1, "write", "1")
                    .read(3, "2")
                    .call(2, "write", "2")
                    .call(2, "write", "2")),
            "read before its write");
}

TEST(ExplainRepeated, MoreCasThanTheValueWasThere_AreALostUpdate) {
  Script script;
  script.call(1, "write", "1").call(2, "cas", "[1,2]").call(1, "write", "1");
  script.call(3, "cas", "[1,2]").call(4, "cas", "[1,3]");
  EXPECT_EQ(cas(script), "lost update");
  EXPECT_EQ(cas(Script().call(1, "cas", "[null,1]").call(2, "cas", "[null,1]")), "lost update");
}

TEST(ExplainRepeated, ValueOutOfItself_IsNeverWrittenOrCyclic) {
  EXPECT_EQ(cas(Script().call(1, "cas", "[1,1]")), "garbage read");
  EXPECT_EQ(cas(Script()
                    .invoke(1, "cas", "[1,2]")
                    .invoke(2, "cas", "[2,1]")
                    .invoke(3, "cas", "[2,1]")
                    .read(4, "1")),
            "cyclic cas");
  EXPECT_EQ(cas(Script().invoke(1, "write", "1").fail(1, "write", "1").call(2, "cas", "[1,1]")),
            "aborted read");
}

TEST(ExplainRepeated, Lists_HaveTheNamesOfDistinctOnes) {
  const auto twice = [] { return Script().call(1, "append", "1").call(1, "append", "1"); };
  EXPECT_EQ(list(twice().read(2, "[1,1,1]")), "duplicate append");
  EXPECT_EQ(list(twice().read(2, "[1,1,2]")), "garbage read");
  EXPECT_EQ(list(twice().read(3, "[1,1]").read(2, "[1]").read(3, "[1,1]")), "stale read");
  EXPECT_EQ(list(twice().call(1, "append", "2").read(2, "[1,1]")), "stale read or lost write");
  EXPECT_EQ(list(twice().call(1, "append", "2").read(2, "[1,1]").read(3, "[1,1]")), "lost append");
  EXPECT_EQ(list(twice().call(1, "append", "2").read(2, "[2,1,1]")), "reordered append");
  EXPECT_EQ(list(twice().read(2, "[1,1,2]").call(3, "append", "2").call(3, "append", "2")),
            "read before its write");
}

}  // namespace
}  // namespace capsize::checker

// Two formats of other tools: Jepsen's console log, and EDN maps.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "checker/check/check.h"

namespace capsize::checker {
namespace {

using ::testing::HasSubstr;

History read(const std::string& text) {
  LoadResult loaded = load_history_text(text, {}, "h");
  if (auto* malformed = std::get_if<Malformed>(&loaded)) {
    ADD_FAILURE() << malformed->message();
    return {};
  }
  return std::get<History>(std::move(loaded));
}

std::string error_of(const std::string& text) {
  const LoadResult loaded = load_history_text(text, {}, "h");
  const auto* malformed = std::get_if<Malformed>(&loaded);
  return malformed == nullptr ? "(no error)" : malformed->message();
}

constexpr const char* kLog =
    "INFO  jepsen.util - 0\t:invoke\t:write\t3\n"
    "INFO  jepsen.core - something else\n"
    "INFO  jepsen.util - :nemesis\t:info\t:start\tnil\n"
    "INFO  jepsen.util - 0\t:ok\t:write\t3\n"
    "INFO  jepsen.util - 1\t:invoke\t:cas\t[3 4]\n"
    "INFO  jepsen.util - 1\t:info\t:cas\t:timed-out\n"
    "INFO  jepsen.util - 2\t:invoke\t:cas\t[9 4]\n"
    "INFO  jepsen.util - 2\t:fail\t:cas\t[9 4]\n";

TEST(JepsenLog, Lines_BecomeOperationsOfOneKey) {
  const History history = read(kLog);
  EXPECT_EQ(history.format, "jepsen-log");
  ASSERT_EQ(history.operations.size(), 3u);
  EXPECT_EQ(history.counts.keys, 1u);
  EXPECT_EQ(history.values.json(history.operations[1].argument), "[3,4]");
  EXPECT_EQ(history.operations[1].outcome, Outcome::kInfo);
  EXPECT_TRUE(history.operations[2].mismatch);
}

TEST(JepsenLog, BrokenLine_NamesColumnAndExpectation) {
  EXPECT_EQ(error_of("INFO  jepsen.util - 0\t:invoke\t:write\t[3\n"),
            "h:1:40: found the end of the line, expected a value such as nil, 3 or [1 2]");
  EXPECT_THAT(error_of("INFO  jepsen.util - 0\t:done\t:write\t3\n"), HasSubstr("expected :invoke"));
}

TEST(EdnLines, GetAndPut_AreReadAndWriteOfAnInitiallyEmptyString) {
  const History history = read(
      "{:process 0, :type :invoke, :f :get, :key \"5\", :value nil}\n"
      "{:process 0, :type :ok, :f :get, :key \"5\", :value \"\"}\n"
      "{:process 1, :type :invoke, :f :put, :key \"5\", :value \"a \\\"b\\\"\"}\n");
  EXPECT_EQ(history.format, "edn");
  ASSERT_EQ(history.operations.size(), 2u);
  EXPECT_EQ(history.operations[0].function, kRead);
  EXPECT_EQ(history.operations[1].function, kWrite);
  EXPECT_EQ(history.operations[0].result, *history.initial);
  EXPECT_EQ(history.values.as_text(history.operations[1].argument), "a \"b\"");
}

TEST(EdnLines, MissingField_IsMalformed) {
  EXPECT_THAT(error_of("{:process 0, :type :invoke}\n"),
              HasSubstr("expected :process, :type and :f"));
}

TEST(EdnLines, CutOffLastLine_IsLeftOut) {
  const History history =
      read("{:process 0, :type :invoke, :f :get, :key \"5\", :value nil}\n{:process 0, :ty");
  EXPECT_TRUE(history.cut_off);
  EXPECT_EQ(history.counts.info, 1u);
}

TEST(EdnLines, JepsenRecords_WithNemesisAndTime) {
  const History history = read(
      "#jepsen.history.Op{:index 0, :time 5, :type :info, :process :nemesis, :f :start, :value "
      "nil}\n"
      "#jepsen.history.Op{:index 1, :time 6, :type :invoke, :process 0, :f :write, :value 3N}\n"
      "#jepsen.history.Op{:index 2, :time 9, :type :ok, :process 0, :f :write, :value 3}\n"
      "{:index 3, :time 9, :type :invoke, :process 1, :f :cas, :value [3 4], :extra #{1/2 2.5}}\n"
      "{:index 4, :time 10, :type :fail, :process 1, :f :cas, :value [3 4], :error [:x {:a 1}]}\n");
  ASSERT_EQ(history.operations.size(), 2u);
  EXPECT_EQ(history.values.json(history.operations[0].argument), "3");
  EXPECT_EQ(history.operations[0].invoke_time, 6);
  EXPECT_EQ(history.index_of(history.operations[1].invoke), 3u);
  EXPECT_EQ(history.operations[1].outcome, Outcome::kFail);
  EXPECT_FALSE(history.operations[1].mismatch);
  EXPECT_FALSE(history.initial);
}

TEST(EdnLines, OneVector_IsManyRecords) {
  const History history = read(
      "[{:type :invoke, :process 0, :f :read, :value nil} {:type :ok, :process 0, :f :read, :value "
      "nil}\n"
      " {:type :invoke, :process 0, :f :write, :value 1}]\n");
  EXPECT_EQ(history.operations.size(), 2u);
}

TEST(EdnLines, IndependentTuples_BecomeKeys) {
  const History history = read(
      "{:type :invoke, :process 0, :f :read, :value [7 nil]}\n"
      "{:type :ok, :process 0, :f :read, :value [7 1]}\n"
      "{:type :invoke, :process 0, :f :cas, :value [8 [1 2]]}\n"
      "{:type :ok, :process 0, :f :cas, :value [8 [1 2]]}\n");
  ASSERT_EQ(history.keys, (std::vector<std::string>{"7", "8"}));
  EXPECT_EQ(history.values.json(history.of_key(0)[0].result), "1");
  EXPECT_EQ(history.values.json(history.of_key(1)[0].argument), "[1,2]");
}

TEST(EdnLines, PairsOfOneRegister_AreNoTuples) {
  const History history = read(
      "{:type :invoke, :process 0, :f :read, :value nil}\n"
      "{:type :invoke, :process 1, :f :cas, :value [8 9]}\n");
  EXPECT_EQ(history.counts.keys, 1u);
}

}  // namespace
}  // namespace capsize::checker

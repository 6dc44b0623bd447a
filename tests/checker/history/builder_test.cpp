#include "checker/history/builder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace capsize::checker {
namespace {

using ::testing::HasSubstr;

// One line of a test: process, type, function.
struct Step {
  std::int64_t process;
  EventType type;
  FunctionId function = kRead;
  std::string key = "x";
};

std::variant<History, Malformed> build(const std::vector<Step>& steps) {
  HistoryBuilder builder("h");
  std::uint32_t line = 0;
  for (const Step& step : steps) {
    Event event;
    event.process = step.process;
    event.type = step.type;
    event.function = step.function;
    event.key = builder.key(step.key);
    event.line = ++line;
    builder.add(event);
  }
  auto built = builder.finish(Budget(std::chrono::seconds(60), 0));
  if (auto* malformed = std::get_if<Malformed>(&built)) return std::move(*malformed);
  return std::get<History>(std::move(built));
}

std::string error_of(const std::vector<Step>& steps) {
  const auto built = build(steps);
  const auto* malformed = std::get_if<Malformed>(&built);
  return malformed == nullptr ? "(no error)" : malformed->message();
}

TEST(HistoryBuilder, TwoOpenOperationsOfOneProcess_AreMalformed) {
  EXPECT_EQ(error_of({{1, EventType::kInvoke}, {1, EventType::kInvoke}}),
            "h:2:1: found a second open operation of process 1, expected the completion of the one "
            "it invoked as event 0");
}

TEST(HistoryBuilder, CompletionWithoutInvocation_IsMalformed) {
  EXPECT_EQ(error_of({{1, EventType::kOk}}),
            "h:1:1: found a completion of process 1, expected an invocation of it before; the file "
            "has none: --sequence takes each line as an operation that ended before the next "
            "began");
}

TEST(HistoryBuilder, ProcessAfterInfo_IsMalformed) {
  EXPECT_EQ(error_of({{1, EventType::kInvoke}, {1, EventType::kInfo}, {1, EventType::kInvoke}}),
            "h:3:1: found process 1 again, expected a new process number, since the operation of "
            "process 1 was left indeterminate on line 2");
  EXPECT_THAT(error_of({{1, EventType::kInvoke}, {1, EventType::kInfo}, {1, EventType::kOk}}),
              HasSubstr("nothing more of it after line 2"));
}

TEST(HistoryBuilder, CompletionOfAnotherFunction_IsMalformed) {
  EXPECT_EQ(error_of({{1, EventType::kInvoke, kWrite}, {1, EventType::kOk, kRead}}),
            "h:2:1: found a completion of \"read\", expected one of \"write\", which process 1 has "
            "open");
}

TEST(HistoryBuilder, CompletionOnAnotherKey_IsMalformed) {
  EXPECT_THAT(error_of({{1, EventType::kInvoke, kRead, "x"}, {1, EventType::kOk, kRead, "y"}}),
              HasSubstr("found key y, expected key x"));
}

TEST(HistoryBuilder, Operations_AreGroupedByKeyInOrderOfInvocation) {
  const auto built = build({{1, EventType::kInvoke, kRead, "x"},
                            {2, EventType::kInvoke, kRead, "y"},
                            {3, EventType::kInvoke, kRead, "x"},
                            {1, EventType::kOk, kRead, "x"}});
  const History& history = std::get<History>(built);
  ASSERT_EQ(history.of_key(0).size(), 2u);
  ASSERT_EQ(history.of_key(1).size(), 1u);
  EXPECT_EQ(history.of_key(0)[0].process, 1);
  EXPECT_EQ(history.of_key(0)[1].process, 3);
  EXPECT_EQ(history.of_key(0)[0].complete, 3u);
}

TEST(HistoryBuilder, ProcessContinuesAfterFail) {
  const auto built =
      build({{1, EventType::kInvoke}, {1, EventType::kFail}, {1, EventType::kInvoke}});
  EXPECT_TRUE(std::holds_alternative<History>(built));
}

}  // namespace
}  // namespace capsize::checker

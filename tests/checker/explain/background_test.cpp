// Which operations of a long explanation are there only for completeness.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "tests/checker/explain/script.h"

namespace capsize::checker {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Script;

// The values of those that are not.
std::vector<std::string> telling(const Violation& violation) {
  std::vector<std::string> values;
  for (const OperationView& operation : violation.operations) {
    if (!operation.background) values.push_back(operation.value);
  }
  return values;
}

TEST(Background, Counter_LeavesTheReadAndWhatWasUnderWay) {
  Script script;
  script.call(1, "add", "5").call(1, "add", "6").invoke(2, "add", "3").invoke(3, "add", "-1");
  script.read(4, "9").ok(2, "add").ok(3, "add").call(1, "add", "7");
  const Violation violation = script.violation("counter");
  EXPECT_THAT(violation.sentence,
              HasSubstr("returned 9, but it was in [10, 14]: what had been acknowledged adds up to "
                        "11, and 2 additions were under way: a wrong total"));
  EXPECT_THAT(telling(violation), ElementsAre("3", "-1", "9"));
}

TEST(Background, Set_LeavesTheElementInQuestion) {
  Script missing;
  missing.call(1, "add", "1").call(1, "add", "2").call(1, "add", "3").read(4, "[1,3]");
  EXPECT_THAT(telling(missing.violation("set")), ElementsAre("2", "[1,3]"));
  Script unwritten;
  unwritten.call(1, "add", "1").call(1, "add", "2").read(4, "[1,2,4]");
  EXPECT_THAT(telling(unwritten.violation("set")), ElementsAre("[1,2,4]"));
}

// Every operation of a lock needs the ones before it, but what was over at a moment at which none
// was open is summed up by who held the lock then.
TEST(Background, Lock_LeavesTheHolderAndWhoCameAfter) {
  Script script;
  for (int i = 0; i < 30; ++i) {
    script.call(i % 3, "acquire", "null").call(i % 3, "release", "null");
  }
  script.call(7, "acquire", "null").call(8, "acquire", "null");
  const Violation violation = script.violation("mutex");
  EXPECT_EQ(violation.anomaly, Anomaly::kTwoHolders);
  std::vector<std::int64_t> processes;
  for (const OperationView& operation : violation.operations) {
    if (!operation.background) processes.push_back(operation.process);
  }
  EXPECT_THAT(processes, ElementsAre(7, 8));
}

// The explanation of a long history of a lock is found within its time.
TEST(Background, LongLock_IsMinimal) {
  Script script;
  for (int i = 0; i < 120; ++i) {
    script.invoke(0, "acquire").invoke(1, "acquire").ok(i % 2, "acquire");
    script.call(i % 2, "release", "null").ok(1 - i % 2, "acquire");
    script.call(1 - i % 2, "release", "null");
  }
  script.call(7, "release", "null");
  EXPECT_EQ(script.violation("mutex").anomaly, Anomaly::kFreeLockReleased);
}

TEST(Background, WhereEachOperationMatters_ThereIsNone) {
  const Violation violation =
      Script().call(1, "write", "7").call(2, "write", "9").read(4, "7").violation("register");
  EXPECT_EQ(telling(violation).size(), violation.operations.size());
}

}  // namespace
}  // namespace capsize::checker

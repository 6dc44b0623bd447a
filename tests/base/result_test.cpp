#include "base/result.h"

#include <gtest/gtest.h>

#include <memory>

namespace capsize::base {
namespace {

TEST(Result, Value_IsReturned) {
  const Result<int> result = 7;
  EXPECT_TRUE(result.ok());
  EXPECT_TRUE(static_cast<bool>(result));
  EXPECT_EQ(result.value(), 7);
}

TEST(Result, Error_CarriesItsMessage) {
  const Result<int> result = Error{"line 3: found x, expected y"};
  EXPECT_FALSE(result.ok());
  EXPECT_EQ(result.error().message, "line 3: found x, expected y");
}

TEST(Result, MoveOnlyValue_MovesOut) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(7);
  const std::unique_ptr<int> taken = std::move(result).value();
  EXPECT_EQ(*taken, 7);
}

TEST(Status, Default_IsOk) {
  EXPECT_TRUE(Status().ok());
  const Status bad = Error{"no"};
  EXPECT_FALSE(bad.ok());
  EXPECT_EQ(bad.error().message, "no");
}

TEST(ResultDeathTest, WrongAlternative_FailsACheck) {
  const Result<int> error = Error{"no"};
  const Result<int> value = 7;
  EXPECT_EXIT((void)error.value(), testing::ExitedWithCode(kInvariantExit), "holds a value");
  EXPECT_EXIT((void)value.error(), testing::ExitedWithCode(kInvariantExit), "there is one");
  EXPECT_EXIT((void)Status().error(), testing::ExitedWithCode(kInvariantExit), "there is one");
}

}  // namespace
}  // namespace capsize::base

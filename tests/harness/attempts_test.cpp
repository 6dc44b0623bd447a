// The combined outcome of several attempts at one operation, and when it is definite.

#include "harness/client/attempts.h"

#include <gtest/gtest.h>

namespace capsize::harness {
namespace {

Answer ok(int value) {
  return {EventType::kOk, value, ""};
}
Answer fail(std::string error) {
  return {EventType::kFail, nullptr, std::move(error)};
}
Answer info(std::string error) {
  return {EventType::kInfo, nullptr, std::move(error)};
}
void expect_report(const std::optional<Answer>& report, EventType type, const std::string& error) {
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->type, type);
  EXPECT_EQ(report->error, error);
}

TEST(Attempts, WithoutRetries_TheFirstReplyIsTheOutcome) {
  expect_report(Attempts(0).ended(fail("no-leader")), EventType::kFail, "no-leader");
  expect_report(Attempts(0).ended(info("timeout")), EventType::kInfo, "timeout");
  EXPECT_EQ(Attempts(0).ended(ok(5))->value, 5);
}

TEST(Attempts, IndeterminateThenOk_IsOk) {
  Attempts attempts(2);
  EXPECT_FALSE(attempts.ended(info("timeout")));
  EXPECT_FALSE(attempts.ended(fail("no-leader")));
  EXPECT_EQ(attempts.ended(ok(7))->value, 7);
}

// The first attempt may be applied long after the second was refused.
TEST(Attempts, IndeterminateThenRefused_StaysIndeterminate) {
  Attempts attempts(1);
  EXPECT_FALSE(attempts.ended(info("timeout")));
  expect_report(attempts.ended(fail("no-leader")), EventType::kInfo, "no-leader");
}

TEST(Attempts, AllRefused_IsDefinite) {
  Attempts attempts(1);
  EXPECT_FALSE(attempts.ended(fail("unreachable")));
  expect_report(attempts.ended(fail("no-leader")), EventType::kFail, "no-leader");
}

TEST(Attempts, AppliedOutcome_IsDefiniteWhateverTheEarlierAttempts) {
  Attempts attempts(3);
  EXPECT_FALSE(attempts.ended(info("lost")));
  expect_report(attempts.ended(fail("mismatch")), EventType::kFail, "mismatch");
}

// The session may have expired after the first attempt was applied in it.
TEST(Attempts, UnknownSession_IsNotRetriedAndDefiniteOnlyAlone) {
  expect_report(Attempts(3).ended(fail("unknown-session")), EventType::kFail, "unknown-session");
  Attempts attempts(3);
  EXPECT_FALSE(attempts.ended(info("timeout")));
  expect_report(attempts.ended(fail("unknown-session")), EventType::kInfo, "unknown-session");
}

TEST(Attempts, GivenUp_IsIndeterminateIfAnyAttemptIs) {
  Attempts attempts(3);
  EXPECT_EQ(attempts.given_up(false, "end").type, EventType::kFail);
  EXPECT_EQ(attempts.given_up(true, "end").type, EventType::kInfo);
  EXPECT_FALSE(attempts.ended(info("timeout")));
  EXPECT_EQ(attempts.given_up(false, "end").type, EventType::kInfo);
}

}  // namespace
}  // namespace capsize::harness

// The seeded bug no-dedup, step by step: a retried append is in the list twice.

#include <gtest/gtest.h>

#include "node/bugs/active.h"
#include "tests/node/pure/replica/replica_fixture.h"

namespace capsize::replica {
namespace {

/// The value of x after an append of 1 that was sent twice in its session.
std::string after_a_retry(const std::string& bug) {
  const bugs::ActiveBug active(bug);
  ReplicaFixture fixture(1);
  fixture.lead();
  fixture.request(1, open_session(4));
  const auto opened = fixture.reply(1);
  if (!opened || opened->outcome != kv::Outcome::kOk) return "no session";
  const std::uint64_t session = std::stoull(opened->value);
  fixture.request(2, in_session(session, append(4, 1, "1")));
  fixture.request(3, in_session(session, append(4, 1, "1")));
  fixture.request(4, read_x());
  const auto read = fixture.reply(4);
  return read ? read->value : "no reply";
}

TEST(NoDedup, Retry_IsExecutedTwice) {
  EXPECT_EQ(after_a_retry("no-dedup"), "[1,1]");
}

TEST(NoDedup, WithoutTheBug_TheSameRetryIsExecutedOnce) {
  EXPECT_EQ(after_a_retry(""), "[1]");
}

}  // namespace
}  // namespace capsize::replica

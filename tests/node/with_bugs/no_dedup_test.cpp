// The seeded bug no-dedup, one step at a time: a retried append is in the list twice.

#include <gtest/gtest.h>

#include "tests/node/pure/replica/replica_bench.h"

namespace capsize::replica {
namespace {

/// What x holds after an append of 1 that was sent twice in its session.
std::string after_a_retry(const std::string& bug) {
  ReplicaBench bench(1, {}, bug);
  bench.lead();
  bench.request(1, open_session(4));
  const auto opened = bench.reply(1);
  if (!opened || opened->outcome != kv::Outcome::kOk) return "no session";
  const std::uint64_t session = std::stoull(opened->value);
  bench.request(2, in_session(session, append(4, 1, "1")));
  bench.request(3, in_session(session, append(4, 1, "1")));
  bench.request(4, read_x());
  const auto read = bench.reply(4);
  return read ? read->value : "no reply";
}

TEST(NoDedup, Retry_IsCarriedOutAgain) {
  EXPECT_EQ(after_a_retry("no-dedup"), "[1,1]");
}

TEST(NoDedup, WithoutTheBug_TheSameRetryIsCarriedOutOnce) {
  EXPECT_EQ(after_a_retry(""), "[1]");
}

}  // namespace
}  // namespace capsize::replica

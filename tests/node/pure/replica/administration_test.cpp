// Membership changes, transfers and stale reads, as seen by their clients.

#include <gtest/gtest.h>

#include "tests/node/pure/replica/replica_fixture.h"

namespace capsize::replica {
namespace {

using kv::Outcome;

std::vector<NodeId> nodes(std::vector<std::uint32_t> numbers) {
  std::vector<NodeId> ids;
  for (const auto number : numbers) ids.push_back(NodeId{number});
  return ids;
}

std::string error_of(ReplicaFixture& fixture, std::uint64_t id) {
  const auto reply = fixture.reply(id);
  if (!reply) return "open";
  return reply->outcome == Outcome::kOk ? "ok" : reply->error;
}

TEST(Administration, Change_IsAnsweredWhenTheNewConfigurationIsCommitted) {
  ReplicaFixture fixture;
  fixture.lead();
  fixture.request(1, ChangeMembers{nodes({1, 2})});
  EXPECT_EQ(error_of(fixture, 1), "open");
  fixture.acknowledge();  // the joint configuration
  EXPECT_EQ(error_of(fixture, 1), "open");
  fixture.acknowledge();
  EXPECT_EQ(error_of(fixture, 1), "ok");
  EXPECT_EQ(fixture.replica().configuration().voters, nodes({1, 2}));
}

TEST(Administration, RequestsThatCannotBegin_AreRefused) {
  ReplicaFixture fixture;
  fixture.request(1, ChangeMembers{nodes({1, 2})});
  EXPECT_EQ(error_of(fixture, 1), "not-leader");
  fixture.request(2, TransferLeadership{NodeId{2}});
  EXPECT_EQ(error_of(fixture, 2), "not-leader");
  fixture.lead();
  fixture.request(3, ChangeMembers{nodes({1, 2, 3})});
  EXPECT_EQ(error_of(fixture, 3), "no-change");
  fixture.request(4, ChangeMembers{nodes({2, 1})});
  EXPECT_EQ(error_of(fixture, 4), "malformed");
  fixture.request(5, TransferLeadership{NodeId{7}});
  EXPECT_EQ(error_of(fixture, 5), "not-a-member");
  fixture.request(6, ChangeMembers{nodes({1, 2})});
  fixture.request(7, ChangeMembers{nodes({1, 3})});
  EXPECT_EQ(error_of(fixture, 7), "change-in-progress");
}

TEST(Administration, ChangeWhoseLeaderIsDeposed_IsIndeterminate) {
  ReplicaFixture fixture;
  fixture.lead();
  fixture.request(1, ChangeMembers{nodes({1, 2})});
  const auto term = fixture.replica().soft_state().term.value();
  fixture.follow(term + 1, {}, {}, 0);
  EXPECT_EQ(error_of(fixture, 1), "lost");
}

TEST(Administration, Transfer_IsAnsweredWhenTheTargetLeads) {
  ReplicaFixture fixture;
  fixture.lead();
  fixture.request(1, TransferLeadership{NodeId{2}});
  fixture.request(2, write(1, 1, "5"));
  EXPECT_EQ(error_of(fixture, 2), "transferring") << "nothing was appended";
  EXPECT_EQ(error_of(fixture, 1), "open");
  const auto term = fixture.replica().soft_state().term.value();
  fixture.follow(term + 1, {}, {}, 0);
  EXPECT_EQ(error_of(fixture, 1), "ok");
}

TEST(Administration, TransferThatTimesOut_IsIndeterminate) {
  ReplicaFixture fixture;
  fixture.lead();
  fixture.request(1, TransferLeadership{NodeId{3}});
  for (int i = 0; i < 8; ++i) {
    fixture.wait(std::chrono::milliseconds(45));
    fixture.acknowledge();
  }
  EXPECT_EQ(error_of(fixture, 1), "timeout");
  fixture.request(2, write(1, 1, "5"));
  EXPECT_EQ(error_of(fixture, 2), "open") << "writes are accepted again";
}

TEST(Administration, StaleRead_IsAnsweredByAnyNode) {
  ReplicaFixture fixture;
  fixture.request(1, StaleRead{"x"});
  const auto reply = fixture.reply(1);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->outcome, Outcome::kOk);
  EXPECT_EQ(reply->value, "null");
}

}  // namespace
}  // namespace capsize::replica

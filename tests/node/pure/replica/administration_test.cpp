// Changes of members, transfers and stale reads as their clients see them.

#include <gtest/gtest.h>

#include "tests/node/pure/replica/replica_bench.h"

namespace capsize::replica {
namespace {

using kv::Outcome;

std::vector<NodeId> nodes(std::vector<std::uint32_t> numbers) {
  std::vector<NodeId> ids;
  for (const auto number : numbers) ids.push_back(NodeId{number});
  return ids;
}

std::string error_of(ReplicaBench& bench, std::uint64_t id) {
  const auto reply = bench.reply(id);
  if (!reply) return "open";
  return reply->outcome == Outcome::kOk ? "ok" : reply->error;
}

TEST(Administration, AChange_IsAnsweredWhenTheNewConfigurationIsCommitted) {
  ReplicaBench bench;
  bench.lead();
  bench.request(1, ChangeMembers{nodes({1, 2})});
  EXPECT_EQ(error_of(bench, 1), "open");
  bench.acknowledge();  // the joint one
  EXPECT_EQ(error_of(bench, 1), "open");
  bench.acknowledge();
  EXPECT_EQ(error_of(bench, 1), "ok");
  EXPECT_EQ(bench.replica().configuration().voters, nodes({1, 2}));
}

TEST(Administration, WhatCannotBegin_IsRefused) {
  ReplicaBench bench;
  bench.request(1, ChangeMembers{nodes({1, 2})});
  EXPECT_EQ(error_of(bench, 1), "not-leader");
  bench.request(2, TransferLeadership{NodeId{2}});
  EXPECT_EQ(error_of(bench, 2), "not-leader");
  bench.lead();
  bench.request(3, ChangeMembers{nodes({1, 2, 3})});
  EXPECT_EQ(error_of(bench, 3), "no-change");
  bench.request(4, ChangeMembers{nodes({2, 1})});
  EXPECT_EQ(error_of(bench, 4), "malformed");
  bench.request(5, TransferLeadership{NodeId{7}});
  EXPECT_EQ(error_of(bench, 5), "not-a-member");
  bench.request(6, ChangeMembers{nodes({1, 2})});
  bench.request(7, ChangeMembers{nodes({1, 3})});
  EXPECT_EQ(error_of(bench, 7), "change-in-progress");
}

TEST(Administration, AChangeWhoseLeaderFalls_IsIndeterminate) {
  ReplicaBench bench;
  bench.lead();
  bench.request(1, ChangeMembers{nodes({1, 2})});
  const auto term = bench.replica().soft_state().term.value();
  bench.follow(term + 1, {}, {}, 0);
  EXPECT_EQ(error_of(bench, 1), "lost");
}

TEST(Administration, ATransfer_IsAnsweredWhenTheOtherLeads) {
  ReplicaBench bench;
  bench.lead();
  bench.request(1, TransferLeadership{NodeId{2}});
  bench.request(2, write(1, 1, "5"));
  EXPECT_EQ(error_of(bench, 2), "transferring") << "and nothing was appended";
  EXPECT_EQ(error_of(bench, 1), "open");
  const auto term = bench.replica().soft_state().term.value();
  bench.follow(term + 1, {}, {}, 0);
  EXPECT_EQ(error_of(bench, 1), "ok");
}

TEST(Administration, ATransferThatDoesNotHappen_IsIndeterminate) {
  ReplicaBench bench;
  bench.lead();
  bench.request(1, TransferLeadership{NodeId{3}});
  for (int i = 0; i < 8; ++i) {
    bench.wait(std::chrono::milliseconds(45));
    bench.acknowledge();
  }
  EXPECT_EQ(error_of(bench, 1), "timeout");
  bench.request(2, write(1, 1, "5"));
  EXPECT_EQ(error_of(bench, 2), "open") << "writes are taken again";
}

TEST(Administration, AStaleRead_IsAnsweredByWhoeverIsAsked) {
  ReplicaBench bench;
  bench.request(1, StaleRead{"x"});
  const auto reply = bench.reply(1);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->outcome, Outcome::kOk);
  EXPECT_EQ(reply->value, "null");
}

}  // namespace
}  // namespace capsize::replica

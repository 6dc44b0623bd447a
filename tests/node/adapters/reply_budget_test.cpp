// The budget for unread replies; the test takes the role of libzmq.
#include "node/transport/reply_budget.h"

#include <gtest/gtest.h>

namespace capsize::transport {
namespace {

constexpr std::uint64_t kOverhead = 256;

/// As libzmq does when the reply was sent, or its client has disconnected.
void give_back(std::unique_ptr<LentReply> lent) {
  void* const bytes = lent->bytes.data();
  return_reply(bytes, lent.release());
}

TEST(ReplyBudget, ClientThatReadsNothing_IsLimitedToItsBudget) {
  ReplyBudget budget(1000 + 2 * kOverhead, 1'000'000);
  auto first = budget.lend("a", std::string(500, 'x'));
  auto second = budget.lend("a", std::string(500, 'x'));
  ASSERT_TRUE(first && second);
  EXPECT_EQ(budget.bytes(), 1000 + 2 * kOverhead);
  EXPECT_FALSE(budget.lend("a", "y"));
  EXPECT_EQ(budget.dropped(), 1U);
  auto other = budget.lend("b", "y");
  EXPECT_TRUE(other) << "another client has its own budget";
  give_back(std::move(first));
  auto third = budget.lend("a", std::string(500, 'x'));
  EXPECT_TRUE(third) << "the client has read a reply";
  give_back(std::move(second));
  give_back(std::move(third));
  give_back(std::move(other));
  EXPECT_EQ(budget.bytes(), 0U);
}

TEST(ReplyBudget, ReplyBeyondTheBudget_ReachesAClientWithoutUnreadReplies) {
  ReplyBudget budget(100, 1'000'000);
  auto large = budget.lend("a", std::string(5000, 'x'));
  ASSERT_TRUE(large);
  EXPECT_EQ(large->bytes.size(), 5000U);
  EXPECT_FALSE(budget.lend("a", ""));
  give_back(std::move(large));
}

TEST(ReplyBudget, AllClientsTogether_AreBounded) {
  ReplyBudget budget(1'000'000, 10 * (100 + kOverhead));
  std::vector<std::unique_ptr<LentReply>> lent;
  for (int client = 0; client < 20; ++client) {
    if (auto reply = budget.lend(std::to_string(client), std::string(100, 'x'))) {
      lent.push_back(std::move(reply));
    }
  }
  EXPECT_EQ(lent.size(), 10U);
  EXPECT_EQ(budget.dropped(), 10U);
  for (auto& reply : lent) give_back(std::move(reply));
  EXPECT_TRUE(budget.lend("again", std::string(100, 'x')));
}

TEST(ReplyBudget, DisconnectedClients_AreRemoved) {
  ReplyBudget budget(1000, 1'000'000'000);
  auto slow = budget.lend("slow", "x");
  for (int client = 0; client < 10'000; ++client) {
    give_back(budget.lend(std::to_string(client), "x"));
  }
  EXPECT_LE(budget.clients(), 1024U);
  EXPECT_GT(budget.bytes(), 0U) << "a client with unread replies is kept";
  give_back(std::move(slow));
}

}  // namespace
}  // namespace capsize::transport

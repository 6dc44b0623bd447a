// The count of messages that crossed a cut: a correct switchboard never counts one, so the book is
// given a delivery that it did not allow.
#include <gtest/gtest.h>

#include "switchboard_fixture.h"

namespace capsize::nemesis::proxy {
namespace {

class Passed : public testing::Test {
 protected:
  void install(std::uint64_t id, std::string_view kind, const Filter::Options& only) {
    auto action = make_action(kind, Parameters(std::map<std::string, Parameters::Value>{}));
    ASSERT_TRUE(action);
    ASSERT_TRUE(book_.install({id, {kForth}, Filter(only), std::move(action).value()}));
  }
  std::uint64_t passed_after_delivery_of(MessageType type, LinkId link) {
    wire::Header header;
    header.type = type;
    book_.count_passed(link, header);
    return book_.peek(1)->passed;
  }
  RuleBook book_{{kForth, kBack}, 42};
};

TEST_F(Passed, DeliveryAcrossACut_IsCounted) {
  install(1, "cut", {});
  EXPECT_EQ(passed_after_delivery_of(MessageType::kHeartbeat, kForth), 1U);
  EXPECT_EQ(passed_after_delivery_of(MessageType::kHeartbeat, kForth), 2U);
}

TEST_F(Passed, DeliveryOnAnotherLinkOrOfAnotherType_IsNot) {
  install(1, "cut", SwitchboardTest::only(MessageType::kRequestVote));
  EXPECT_EQ(passed_after_delivery_of(MessageType::kRequestVote, kBack), 0U);
  EXPECT_EQ(passed_after_delivery_of(MessageType::kHeartbeat, kForth), 0U);
  EXPECT_EQ(passed_after_delivery_of(MessageType::kRequestVote, kForth), 1U);
}

TEST_F(Passed, ACutThatCounts_IsNoPartition) {
  install(1, "cut", {.every = 2});
  EXPECT_EQ(passed_after_delivery_of(MessageType::kHeartbeat, kForth), 0U);
}

}  // namespace
}  // namespace capsize::nemesis::proxy

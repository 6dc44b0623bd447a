// The proxy's decisions without sockets: the tests set the time, and deliveries go to a list.
#include "nemesis/proxy/switchboard.h"

#include <gtest/gtest.h>

#include <set>

#include "switchboard_fixture.h"

namespace capsize::nemesis::proxy {
namespace {

TEST_F(SwitchboardTest, Switchboard_WithoutRules_DeliversAtOnceInOrder) {
  for (int n = 1; n <= 3; ++n) send(n, n, n);
  EXPECT_EQ(out.delivered, (Delivered{1, 2, 3}));
  EXPECT_EQ(board.stats().at(kForth).delivered, 3U);
  EXPECT_FALSE(board.next_release());
}

TEST_F(SwitchboardTest, Cut_WhileInstalled_DiscardsOnItsLinkOnly) {
  install(1, "cut", {});
  send(1, 1, 1);
  send(2, 1, 1, MessageType::kHeartbeat, kBack);
  EXPECT_EQ(out.delivered, (Delivered{2}));
  EXPECT_EQ(board.stats().at(kForth).discarded, 1U);
}

TEST_F(SwitchboardTest, Cut_AfterHeal_DiscardsWhatWasSentBeforeTheHeal) {
  install(1, "cut", {});
  ASSERT_TRUE(board.remove(1, at(100)));
  send(1, 99, 5000);  // a sender that was paused, or a long queue
  send(2, 100, 5000);
  EXPECT_EQ(out.delivered, (Delivered{2}));
}

TEST_F(SwitchboardTest, Cut_OfOneType_LeavesOthersAloneAlsoAfterHeal) {
  install(1, "cut", {}, only(MessageType::kRequestVote));
  send(1, 1, 1, MessageType::kRequestVote);
  send(2, 1, 1, MessageType::kHeartbeat);
  ASSERT_TRUE(board.remove(1, at(10)));
  send(3, 9, 11, MessageType::kRequestVote);
  send(4, 9, 11, MessageType::kHeartbeat);
  EXPECT_EQ(out.delivered, (Delivered{2, 4}));
}

TEST_F(SwitchboardTest, Cut_OfATerm_LeavesOthersAloneAlsoAfterHeal) {
  install(1, "cut", {}, {.scope = {.term = {3, 4}}});
  term = 3;
  send(1, 1, 1);
  ASSERT_TRUE(board.remove(1, at(10)));
  send(2, 9, 11);
  term = 5;
  send(3, 9, 11);
  term = 3;
  send(4, 10, 11);
  EXPECT_EQ(out.delivered, (Delivered{3, 4}));
}

TEST_F(SwitchboardTest, Cut_OfMoreScopesThanAreRemembered_StillDiscardsLateMessages) {
  for (std::uint64_t cut = 1; cut <= 2 * kEndedCutsMax; ++cut) {
    install(cut, "cut", {}, {.scope = {.term = {cut, cut}}});
    ASSERT_TRUE(board.remove(cut, at(static_cast<std::int64_t>(10 * cut))));
  }
  for (term = 1; term <= static_cast<std::int64_t>(2 * kEndedCutsMax); ++term) {
    send(-static_cast<int>(term), 10 * term - 1, 10'000);
  }
  EXPECT_EQ(out.delivered, Delivered{});
  send(1, 10'000, 10'001);
  EXPECT_EQ(out.delivered, (Delivered{1}));
}

TEST_F(SwitchboardTest, Cut_OfEverySecondMessage_HasNoEffectAfterItsEnd) {
  install(1, "cut", {}, {.every = 2});
  for (int n = 1; n <= 4; ++n) send(n, n, n);
  ASSERT_TRUE(board.remove(1, at(10)));
  for (int n = 5; n <= 6; ++n) send(n, n, 20);
  EXPECT_EQ(out.delivered, (Delivered{1, 3, 5, 6}));
}

TEST_F(SwitchboardTest, Cut_OfTheFirstMessage_DoesNotApplyToEarlierOnes) {
  install(1, "delay", {{"min", "50ms"}, {"max", "50ms"}});
  for (int n = 1; n <= 3; ++n) send(n, n, n);
  install(2, "cut", {}, {.count = 1});
  EXPECT_EQ(board.peek(2)->seen, 0U);
  for (int n = 4; n <= 5; ++n) send(n, n, n);
  EXPECT_EQ(board.peek(2)->discarded, 1U);
  board.release(at(1000));
  EXPECT_EQ(out.delivered, (Delivered{1, 2, 3, 5}));
}

TEST_F(SwitchboardTest, Cut_OnALinkWithHeldMessages_DiscardsThem) {
  install(1, "delay", {{"min", "50ms"}, {"max", "50ms"}});
  send(1, 0, 0);
  install(2, "cut", {});
  const auto evidence = board.remove(2, at(20));
  ASSERT_TRUE(evidence);
  EXPECT_EQ(evidence->discarded, 1U);
  board.release(at(1000));
  EXPECT_EQ(out.delivered, Delivered{});
  EXPECT_FALSE(board.next_release());
}

TEST_F(SwitchboardTest, Cut_TwoAtOnce_HealsWithTheLastAndBothHaveEvidence) {
  install(1, "cut", {});
  install(2, "cut", {});
  send(1, 1, 1);
  const auto first = board.remove(1, at(2));
  send(2, 3, 3);
  const auto second = board.remove(2, at(10));
  send(3, 9, 11);
  send(4, 10, 11);
  EXPECT_EQ(out.delivered, (Delivered{4}));
  EXPECT_EQ(first->links.at(kForth).discarded, 1U);
  EXPECT_EQ(second->links.at(kForth).discarded, 2U);
}

TEST_F(SwitchboardTest, Drop_OfAThird_DiscardsAboutAThird) {
  install(1, "drop", {{"probability", 1.0 / 3}});
  for (int n = 0; n < 9000; ++n) send(n, n, n);
  const auto evidence = board.remove(1, at(9000));
  EXPECT_EQ(evidence->seen, 9000U);
  EXPECT_NEAR(static_cast<double>(evidence->discarded), 3000, 300);
  EXPECT_EQ(out.delivered.size() + evidence->discarded, 9000U);
}

TEST_F(SwitchboardTest, Drop_BesideAnotherRule_DrawsTheSame) {
  install(1, "drop", {{"probability", 0.5}});
  for (int n = 0; n < 100; ++n) send(n, n, n);
  const Delivered alone = out.delivered;
  Recorder other_out;
  Switchboard other({kForth, kBack}, 42, other_out);
  std::swap(other_out, out);  // the fixture's board continues with an empty recorder
  ASSERT_TRUE(board.remove(1, base::Instant()));
  install(7, "duplicate", {{"probability", 0.5}});
  install(1, "drop", {{"probability", 0.5}});
  for (int n = 0; n < 100; ++n) send(n, n, n);
  const std::set<int> together(out.delivered.begin(), out.delivered.end());
  EXPECT_EQ(together, std::set<int>(alone.begin(), alone.end()));
}

TEST_F(SwitchboardTest, Delay_WithJitter_KeepsTheOrderOfTheLink) {
  install(1, "delay", {{"min", "0ms"}, {"max", "50ms"}});
  for (int n = 0; n < 100; ++n)
    send(n, n, n, n % 2 ? MessageType::kHeartbeat : MessageType::kForward);
  board.release(at(1000));
  ASSERT_EQ(out.delivered.size(), 100U);
  EXPECT_TRUE(std::is_sorted(out.delivered.begin(), out.delivered.end()));
}

TEST_F(SwitchboardTest, Delay_Removed_LaterMessagesStillWaitForDelayedOnes) {
  install(1, "delay", {{"min", "50ms"}, {"max", "50ms"}});
  send(1, 0, 0);
  ASSERT_TRUE(board.remove(1, at(10)));
  send(2, 20, 20);
  EXPECT_EQ(out.delivered, Delivered{});
  EXPECT_EQ(board.next_release(), at(50));
  board.release(at(50));
  EXPECT_EQ(out.delivered, (Delivered{1, 2}));
}

TEST_F(SwitchboardTest, Delay_OfOneType_LetsOthersPass) {
  install(1, "delay", {{"min", "50ms"}, {"max", "50ms"}}, only(MessageType::kAppendEntries));
  send(1, 0, 0);
  send(2, 1, 1, MessageType::kHeartbeat);
  EXPECT_EQ(out.delivered, (Delivered{2}));
}

TEST_F(SwitchboardTest, Delay_WithReorder_LetsShorterDelaysOvertake) {
  install(1, "delay", {{"min", "0ms"}, {"max", "50ms"}, {"reorder", true}});
  for (int n = 0; n < 100; ++n) send(n, n, n);
  board.release(at(1000));
  ASSERT_EQ(out.delivered.size(), 100U);
  EXPECT_FALSE(std::is_sorted(out.delivered.begin(), out.delivered.end()));
}

TEST_F(SwitchboardTest, Duplicate_Always_DeliversTwice) {
  install(1, "duplicate", {{"probability", 1.0}});
  send(1, 0, 0);
  EXPECT_EQ(out.delivered, (Delivered{1, 1}));
  EXPECT_EQ(board.remove(1, at(1))->duplicated, 1U);
}

TEST_F(SwitchboardTest, Duplicate_ManyRules_StaysBounded) {
  for (std::uint64_t id = 0; id < 20; ++id) install(id, "duplicate", {{"probability", 1.0}});
  send(1, 0, 0);
  EXPECT_EQ(out.delivered.size(), kCopiesMax);
}

TEST_F(SwitchboardTest, Receiver_ThatDoesNotRead_CountsAsLostNotAsDiscarded) {
  out.paused.insert(kForth);
  send(1, 0, 0);
  EXPECT_EQ(board.stats().at(kForth).lost, 1U);
  EXPECT_EQ(board.stats().at(kForth).discarded, 0U);
}

TEST_F(SwitchboardTest, Install_OfUsedIdOrUnknownLink_ChangesNothing) {
  install(1, "drop", {{"probability", 0.0}});
  auto cut = [] { return make_action("cut", Parameters()).value(); };
  EXPECT_FALSE(board.install({1, {kForth}, Filter(), cut()}, now));
  EXPECT_FALSE(board.install({2, {kForth, {1, 3}}, Filter(), cut()}, now));
  send(1, 0, 0);
  EXPECT_EQ(out.delivered, (Delivered{1}));
  EXPECT_EQ(board.rules(), std::vector<std::uint64_t>{1});
}

TEST_F(SwitchboardTest, Observation_OfAppendEntries_FollowsTheHighestTerm) {
  EXPECT_EQ(board.observation().leader, 0U);
  send(1, 5, 5);
  term = 3;
  send(2, 6, 6, MessageType::kHeartbeat, kBack);
  term = 2;
  send(3, 7, 7);  // a deposed leader that has not noticed
  term = 9;
  send(4, 8, 8, MessageType::kRequestVote);  // not a leader's
  EXPECT_EQ(board.observation().leader, 2U);
  EXPECT_EQ(board.observation().term, 3U);
  EXPECT_EQ(board.observation().last_append, at(6));
}

TEST_F(SwitchboardTest, Observation_OfACutLeader_StillSeesIt) {
  install(1, "cut", {});
  send(1, 5, 5);
  EXPECT_EQ(board.observation().leader, 1U);
}

TEST_F(SwitchboardTest, Observation_OfAnImplausibleTerm_IsDroppedAndCounted) {
  send(1, 5, 5, MessageType::kHeartbeat, kBack);
  for (const std::int64_t forged : {std::int64_t{kTermJumpMax} + 2, std::int64_t{1} << 62}) {
    term = forged;
    send(2, 6, 6);
    send(3, 6, 6, MessageType::kRequestVote);
  }
  EXPECT_EQ(out.delivered, (Delivered{1}));
  EXPECT_EQ(board.observation().leader, 2U);
  EXPECT_EQ(board.observation().term, 1U);
  EXPECT_EQ(board.stats().at(kForth).implausible, 4U);
  EXPECT_EQ(board.stats().at(kForth).seen, 0U);
}

TEST_F(SwitchboardTest, Observation_OfALeaderThatStopsSending_Expires) {
  term = std::int64_t{1} << 62;
  send(1, 0, 0);  // the first one seen: nothing shows that it is forged
  term = 3;
  send(2, 10, 10, MessageType::kHeartbeat, kBack);
  EXPECT_EQ(board.observation().leader, 1U);
  send(3, 5'000, 5'000, MessageType::kHeartbeat, kBack);
  EXPECT_EQ(board.observation().leader, 2U);
  EXPECT_EQ(board.observation().term, 3U);
}

TEST(Action_, MakeAction_BadParameters_NamesTheKey) {
  const auto error = [](std::string_view kind, std::map<std::string, Parameters::Value> p) {
    const auto action = make_action(kind, Parameters(std::move(p)));
    return action ? std::string() : action.error().message;
  };
  EXPECT_EQ(error("burn", {}),
            "unknown kind of action, expected one of: bandwidth, corrupt, cut, delay, drop, "
            "duplicate, hold, reorder, replay, watch");
  EXPECT_EQ(error("cut", {{"x", true}}), "action cut: unknown key x");
  EXPECT_EQ(error("drop", {}), "action drop: probability: expected a number from 0 to 1");
  EXPECT_EQ(error("drop", {{"probability", 1.5}}),
            "action drop: probability: expected a number from 0 to 1");
  EXPECT_EQ(error("delay", {{"min", "2s"}, {"max", "1s"}}), "action delay: min is above max");
  EXPECT_EQ(error("delay", {{"min", "2"}, {"max", "1s"}}),
            "action delay: min: expected a duration such as \"20ms\", up to an hour");
}

}  // namespace
}  // namespace capsize::nemesis::proxy

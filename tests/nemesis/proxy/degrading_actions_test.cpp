// Actions that degrade a network without cutting it: what is delivered, when, and what is counted.
#include <gmock/gmock.h>

#include <algorithm>

#include "nemesis/proxy/frames.h"
#include "switchboard_fixture.h"

namespace capsize::nemesis::proxy {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAreArray;

struct DegradingActionsTest : SwitchboardTest {
  void send_each_ms(int first, int last) {
    for (int n = first; n <= last; ++n) send(n, n, n);
  }
  void install_reorder(double probability, double gap, const char* max) {
    install(1, "reorder", {{"probability", probability}, {"gap", gap}, {"max", max}});
  }
  void install_hold(std::uint64_t id, const char* order = "as-sent", Filter::Options only = {}) {
    install(id, "hold", {{"order", order}}, only);
  }
  /// Returns the delivered messages that arrived after a later one.
  [[nodiscard]] std::vector<int> replayed_ones() const {
    std::vector<int> old;
    int newest = 0;
    for (const int number : out.delivered) {
      if (number <= newest) old.push_back(number);
      newest = std::max(newest, number);
    }
    return old;
  }
  void install_bandwidth(double rate, double queue) {
    install(1, "bandwidth", {{"bytes-per-second", rate}, {"queue-bytes", queue}});
  }
};

TEST_F(DegradingActionsTest, Reorder_Always_SwapsNeighbours) {
  install_reorder(1, 1, "1s");
  send_each_ms(1, 6);
  EXPECT_THAT(out.delivered, ElementsAre(2, 1, 4, 3, 6, 5));
  EXPECT_EQ(board.remove(1, at(10))->reordered, 3U);
}

TEST_F(DegradingActionsTest, Reorder_WithAGap_LetsThatManyOvertake) {
  install_reorder(1, 3, "1s");
  send_each_ms(1, 5);
  EXPECT_THAT(out.delivered, ElementsAre(2, 3, 4, 1));
  EXPECT_EQ(board.stats().at(kForth).held, 1U);
}

TEST_F(DegradingActionsTest, Reorder_WithoutALaterMessage_LeavesAfterItsMaximumAndIsNotCounted) {
  install_reorder(1, 1, "50ms");
  send(1, 0, 0);
  EXPECT_EQ(board.next_release(), at(50));
  board.release(at(50));
  EXPECT_THAT(out.delivered, ElementsAre(1));
  EXPECT_EQ(board.remove(1, at(60))->reordered, 0U);
}

TEST_F(DegradingActionsTest, Reorder_Removed_ReleasesTheDeferredMessage) {
  install_reorder(1, 5, "1h");
  send_each_ms(1, 3);
  EXPECT_EQ(board.remove(1, at(4))->reordered, 1U);
  EXPECT_THAT(out.delivered, ElementsAre(2, 3, 1));
  EXPECT_FALSE(board.next_release());
}

TEST_F(DegradingActionsTest, Corrupt_Always_CorruptsEachOnce) {
  install(1, "corrupt", {{"probability", 1.0}, {"bits", 1.0}});
  install(2, "corrupt", {{"probability", 1.0}, {"bits", 1.0}});
  send_each_ms(1, 2);
  EXPECT_THAT(out.delivered, ElementsAre(-1, -2));
  EXPECT_EQ(board.remove(1, at(3))->corrupted, 2U);
  EXPECT_EQ(board.remove(2, at(3))->corrupted, 0U) << "a second could flip the same bit back";
}

TEST(Corruption_, UpToThreeBits_AreAlwaysDetectedByTheChecksum) {
  const std::string payload(100, 'p');
  wire::Header header;
  header.run_id = 4711;
  header.from = 1;
  header.to = 2;
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    for (const std::size_t size : {std::size_t{0}, payload.size()}) {
      std::string text = payload.substr(0, size);
      wire::HeaderFrame frame = wire::encode(header, text);
      flip_bits({.bits = 1 + seed % 3, .seed = seed}, frame, text);
      const auto decoded = wire::decode({frame.data(), frame.size()}, text, {4711, 2, 1});
      const auto* error = std::get_if<wire::HeaderError>(&decoded);
      ASSERT_NE(error, nullptr) << "seed " << seed;
      ASSERT_EQ(*error, wire::HeaderError::kChecksum) << wire::name(*error);
    }
  }
}

TEST_F(DegradingActionsTest, Bandwidth_SpacesMessagesByTheirSize) {
  install_bandwidth(10'000, 100'000);  // a message of 100 bytes takes 10 ms
  for (int n = 1; n <= 3; ++n) send(n, 0, 0);
  EXPECT_THAT(out.delivered, IsEmpty());
  board.release(at(10));
  EXPECT_THAT(out.delivered, ElementsAre(1));
  board.release(at(29));
  EXPECT_THAT(out.delivered, ElementsAre(1, 2));
  board.release(at(30));
  EXPECT_THAT(out.delivered, ElementsAre(1, 2, 3));
  send(4, 100, 100);  // the link was free again long ago
  EXPECT_EQ(board.next_release(), at(110));
  EXPECT_EQ(board.peek(1)->throttled, 4U);
}

TEST_F(DegradingActionsTest, Bandwidth_FullQueue_DropsTheTail) {
  install_bandwidth(10'000, 250);
  for (int n = 1; n <= 5; ++n) send(n, 0, 0);
  board.release(at(1000));
  EXPECT_THAT(out.delivered, ElementsAre(1, 2));
  const auto evidence = board.remove(1, at(1000));
  EXPECT_EQ(evidence->discarded, 3U);
  EXPECT_EQ(evidence->throttled, 2U);
  EXPECT_EQ(board.stats().at(kForth).discarded, 3U);
}

TEST_F(DegradingActionsTest, Bandwidth_MessageLargerThanTheQueue_PassesOnAnIdleLink) {
  install_bandwidth(10'000, 1);
  send(1, 0, 0);
  send(2, 0, 0);
  board.release(at(10));
  send(3, 10, 10);
  board.release(at(20));
  EXPECT_THAT(out.delivered, ElementsAre(1, 3));
}

TEST_F(DegradingActionsTest, Bandwidth_Links_AreIndependent) {
  install(1, "bandwidth", {{"bytes-per-second", 10'000.0}, {"queue-bytes", 1.0}}, {},
          {kForth, kBack});
  send(1, 0, 0);
  send(2, 0, 0, MessageType::kHeartbeat, kBack);
  board.release(at(10));
  EXPECT_THAT(out.delivered, ElementsAre(1, 2));
}

TEST_F(DegradingActionsTest, Bandwidth_Removed_TheQueueIsDueAtOnceInOrder) {
  install_bandwidth(1, 100'000);
  for (int n = 1; n <= 3; ++n) send(n, 0, 0);
  ASSERT_TRUE(board.remove(1, at(5)));
  send(4, 5, 5);
  board.release(at(6));
  EXPECT_THAT(out.delivered, ElementsAre(1, 2, 3, 4));
}

TEST_F(DegradingActionsTest, Bandwidth_Removed_MessagesThatWaitedForItsQueueMoveUp) {
  install(1, "bandwidth", {{"bytes-per-second", 1.0}, {"queue-bytes", 100'000.0}}, {.every = 2});
  for (int n = 1; n <= 4; ++n) send(n, 0, 0);  // 2 and 4 are throttled, 3 waits for 2
  EXPECT_THAT(out.delivered, ElementsAre(1));
  ASSERT_TRUE(board.remove(1, at(5)));
  board.release(at(6));
  EXPECT_THAT(out.delivered, ElementsAre(1, 2, 3, 4));
}

TEST_F(DegradingActionsTest, Hold_Removed_ReleasesEverythingInOrder) {
  install_hold(1);
  send_each_ms(1, 4);
  EXPECT_THAT(out.delivered, IsEmpty());
  EXPECT_EQ(board.stats().at(kForth).held, 4U);
  EXPECT_FALSE(board.next_release());
  const auto evidence = board.remove(1, at(10));
  EXPECT_EQ(evidence->held, 4U);
  EXPECT_EQ(evidence->released, 4U);
  send(5, 10, 10);  // sent later: it waits for them
  board.release(at(11));
  EXPECT_THAT(out.delivered, ElementsAre(1, 2, 3, 4, 5));
  EXPECT_EQ(board.stats().at(kForth).discarded, 0U);
}

TEST_F(DegradingActionsTest, Hold_Reverse_ReleasesTheLastFirst) {
  install_hold(1, "reverse");
  send_each_ms(1, 3);
  ASSERT_TRUE(board.remove(1, at(10)));
  board.release(at(11));
  EXPECT_THAT(out.delivered, ElementsAre(3, 2, 1));
}

TEST_F(DegradingActionsTest, Hold_Shuffled_ReleasesEachOnceInAnotherOrder) {
  install_hold(1, "shuffled");
  send_each_ms(1, 20);
  const std::vector<int> sent = {1,  2,  3,  4,  5,  6,  7,  8,  9,  10,
                                 11, 12, 13, 14, 15, 16, 17, 18, 19, 20};
  ASSERT_TRUE(board.remove(1, at(30)));
  board.release(at(31));
  EXPECT_THAT(out.delivered, UnorderedElementsAreArray(sent));
  EXPECT_NE(out.delivered, sent);
}

TEST_F(DegradingActionsTest, Hold_OfOneType_LetsOthersPass) {
  install_hold(1, "as-sent", only(MessageType::kAppendEntries));
  send(1, 1, 1);
  send(2, 2, 2, MessageType::kHeartbeat);
  EXPECT_THAT(out.delivered, ElementsAre(2));
  ASSERT_TRUE(board.remove(1, at(3)));
  send(3, 3, 3, MessageType::kHeartbeat);
  EXPECT_THAT(out.delivered, ElementsAre(2, 1, 3));
}

TEST_F(DegradingActionsTest, Hold_TwoRules_ReleasesWhenBothAreGone) {
  install_hold(1);
  install_hold(2);
  send(1, 1, 1);
  EXPECT_EQ(board.remove(1, at(2))->released, 0U);
  board.release(at(100));
  EXPECT_THAT(out.delivered, IsEmpty());
  EXPECT_EQ(board.remove(2, at(100))->released, 1U);
  board.release(at(101));
  EXPECT_THAT(out.delivered, ElementsAre(1));
}

TEST_F(DegradingActionsTest, Hold_BeyondTheBound_DropsAndCounts) {
  install_hold(1);
  for (std::size_t n = 0; n < kHeldMax + 10; ++n) send(1, 1, 1);
  EXPECT_EQ(board.stats().at(kForth).held, kHeldMax);
  EXPECT_EQ(board.stats().at(kForth).overflowed, 10U);
  const auto evidence = board.remove(1, at(10));
  EXPECT_EQ(evidence->seen, kHeldMax + 10);
  EXPECT_EQ(evidence->held, kHeldMax);
  EXPECT_EQ(evidence->overflowed, 10U);
}

TEST_F(DegradingActionsTest, Hold_ReleasedToAFullReceiver_IsRetriedInOrder) {
  install_hold(1);
  send_each_ms(1, 3);
  ASSERT_TRUE(board.remove(1, at(10)));
  out.paused.insert(kForth);
  board.release(at(11));
  EXPECT_EQ(board.next_release(), at(12));
  EXPECT_EQ(board.stats().at(kForth).lost, 0U);
  out.paused.clear();
  board.release(at(12));
  EXPECT_THAT(out.delivered, ElementsAre(1, 2, 3));
}

TEST_F(DegradingActionsTest, Hold_ReleasedToADeadReceiver_IsLostAfterASecond) {
  install_hold(1);
  send_each_ms(1, 3);
  ASSERT_TRUE(board.remove(1, at(10)));
  out.paused.insert(kForth);
  board.release(at(1009));
  EXPECT_EQ(board.stats().at(kForth).held, 3U);
  board.release(at(1011));
  EXPECT_EQ(board.stats().at(kForth).lost, 3U);
  EXPECT_FALSE(board.next_release());
}

TEST_F(DegradingActionsTest, Cut_DuringAHold_DiscardsHeldMessagesAndThoseSentBeforeTheHeal) {
  install_hold(1);
  send(1, 1, 1);
  install(2, "cut", {});
  send(2, 2, 2);
  EXPECT_EQ(board.remove(2, at(10))->discarded, 2U);
  send(3, 9, 11);  // sent before the heal, read after it
  send(4, 10, 11);
  EXPECT_EQ(board.remove(1, at(20))->released, 1U);
  board.release(at(21));
  EXPECT_THAT(out.delivered, ElementsAre(4));
}

TEST_F(DegradingActionsTest, Cut_DiscardsDeferredMessagesToo) {
  install_reorder(1, 5, "1s");
  send(1, 1, 1);
  install(2, "cut", {});
  EXPECT_EQ(board.remove(2, at(10))->discarded, 1U);
  board.release(at(5000));
  EXPECT_THAT(out.delivered, IsEmpty());
}

TEST_F(DegradingActionsTest, Replay_Always_SendsAnOldMessageBeforeEachButTheFirst) {
  install(1, "replay", {{"probability", 1.0}, {"keep", 1000.0}});
  term = 1;
  send_each_ms(1, 50);
  term = 2;
  out.delivered.clear();
  send_each_ms(51, 60);
  ASSERT_EQ(out.delivered.size(), 20U);
  // Some are old messages of the earlier term; the new ones arrive once each, in order, in between.
  EXPECT_TRUE(
      std::any_of(out.delivered.begin(), out.delivered.end(), [](int n) { return n <= 50; }));
  for (int n = 0; n < 10; ++n)
    EXPECT_EQ(out.delivered[static_cast<std::size_t>(2 * n + 1)], 51 + n);
  EXPECT_EQ(board.remove(1, at(100))->replayed, 59U);
}

TEST(ReplaySample_, OfferedManyMessages_KeepsAUniformSample) {
  // As many of the first half as of the second, unlike a ring buffer of the last hundred.
  ByteBudget budget(1U << 20U);
  ReplaySample sample(base::Prng(3), budget);
  for (int n = 1; n <= 10'000; ++n) {
    const Numbered frames(n);
    sample.offer({}, &frames, 100);
  }
  int old = 0;
  for (int draw = 0; draw < 2000; ++draw) {
    old += dynamic_cast<const Numbered&>(*sample.draw()->frames).number <= 5000;
  }
  EXPECT_NEAR(old, 1000, 300);
}

TEST_F(DegradingActionsTest, Replay_AcrossACut_SendsNothingFromBeforeTheHeal) {
  install(1, "replay", {{"probability", 1.0}, {"keep", 100.0}});
  send_each_ms(1, 20);
  install(2, "cut", {});
  out.delivered.clear();
  send_each_ms(21, 40);
  EXPECT_THAT(out.delivered, IsEmpty()) << "an old message passed the cut";
  ASSERT_TRUE(board.remove(2, at(50)));
  send_each_ms(51, 90);
  EXPECT_TRUE(
      std::all_of(out.delivered.begin(), out.delivered.end(), [](int n) { return n > 50; }));
  EXPECT_GT(out.delivered.size(), 40U);
}

TEST_F(DegradingActionsTest, Replay_BesideAHold_SendsNoCopyThroughIt) {
  install(1, "replay", {{"probability", 1.0}, {"keep", 100.0}});
  send_each_ms(1, 20);
  install_hold(2);
  out.delivered.clear();
  send_each_ms(21, 210);
  EXPECT_THAT(out.delivered, IsEmpty()) << "an old message passed the hold";
  const auto evidence = board.remove(2, at(300));
  EXPECT_EQ(evidence->seen, 190U);
  EXPECT_EQ(evidence->held, 190U);
  EXPECT_EQ(evidence->released, 190U);
  EXPECT_EQ(evidence->copies_stopped, 190U);
  EXPECT_EQ(board.remove(1, at(300))->replayed, 19U) << "those sent before the hold";
  board.release(at(400));
  EXPECT_EQ(out.delivered.size(), 380U);
}

TEST_F(DegradingActionsTest, Replay_OfMessagesThatAnotherRuleDiscards_SendsNone) {
  install(1, "replay", {{"probability", 1.0}, {"keep", 100.0}});
  install(2, "drop", {{"probability", 1.0}});
  send_each_ms(1, 20);
  EXPECT_THAT(out.delivered, IsEmpty());
  EXPECT_EQ(board.remove(1, at(30))->replayed, 0U);
}

TEST_F(DegradingActionsTest, Replay_BesideADrop_DrawsTheSameOldMessages) {
  install(1, "replay", {{"probability", 0.5}, {"keep", 5.0}});
  send_each_ms(1, 200);
  const std::vector<int> alone = replayed_ones();
  out.delivered.clear();
  ASSERT_TRUE(board.remove(1, base::Instant()));
  install(2, "drop", {{"probability", 0.3}});
  install(1, "replay", {{"probability", 0.5}, {"keep", 5.0}});
  send_each_ms(1, 200);
  const std::vector<int> together = replayed_ones();
  EXPECT_LT(together.size(), alone.size()) << "dropped messages are not replayed";
  // In the same order, without those that were dropped.
  auto place = alone.begin();
  for (const int number : together) {
    place = std::find(place, alone.end(), number);
    ASSERT_NE(place, alone.end());
    ++place;
  }
}

TEST_F(DegradingActionsTest, Hold_TakesOverDelayedMessagesAndReleasesThemInOrder) {
  install(1, "delay", {{"min", "50ms"}, {"max", "50ms"}});
  send_each_ms(1, 3);
  install_hold(2);
  EXPECT_EQ(board.peek(2)->held, 3U);
  send_each_ms(4, 5);
  board.release(at(1000));
  EXPECT_THAT(out.delivered, IsEmpty());
  EXPECT_EQ(board.remove(2, at(1000))->released, 5U);
  board.release(at(1001));
  EXPECT_THAT(out.delivered, ElementsAre(1, 2, 3, 4, 5));
}

TEST_F(DegradingActionsTest, Hold_DuringAnother_KeepsWhatTheFirstReleases) {
  install_hold(1);
  send(1, 1, 1);
  install_hold(2);
  EXPECT_EQ(board.remove(1, at(2))->released, 0U);
  board.release(at(100));
  EXPECT_THAT(out.delivered, IsEmpty());
  const auto evidence = board.remove(2, at(100));
  EXPECT_EQ(evidence->held, 1U);
  EXPECT_EQ(evidence->released, 1U);
  board.release(at(101));
  EXPECT_THAT(out.delivered, ElementsAre(1));
}

TEST_F(DegradingActionsTest, Hold_WithDuplicates_CountsMessagesAndNotCopies) {
  install(1, "duplicate", {{"probability", 1.0}});
  install_hold(2);
  send_each_ms(1, 3);
  const auto evidence = board.remove(2, at(10));
  EXPECT_EQ(evidence->held, 3U);
  EXPECT_EQ(evidence->released, 3U);
  board.release(at(11));
  EXPECT_THAT(out.delivered, ElementsAre(1, 1, 2, 2, 3, 3));
}

TEST_F(DegradingActionsTest, Hold_OfMessagesThatACutDiscards_DoesNotCountThemAsHeld) {
  install_hold(1);
  install(2, "cut", {});
  send_each_ms(1, 3);
  EXPECT_EQ(board.peek(1)->seen, 3U);
  EXPECT_EQ(board.peek(1)->held, 0U);
  EXPECT_EQ(board.peek(2)->discarded, 3U);
}

struct ByteBudgetTest : DegradingActionsTest {
  static constexpr std::size_t kEach = 100 + kMessageOverheadBytes;
  Recorder narrow_out;
  Switchboard narrow{
      {kForth, kBack}, 42, narrow_out, {.link_bytes = 3 * kEach, .all_bytes = 5 * kEach}};
  void send_narrow(int number, LinkId link) {
    wire::Header header;
    header.from = link.from;
    header.to = link.to;
    header.sent_ns = at(1).time_since_epoch().count();
    narrow.arrive(link, header, Numbered(number), at(1));
  }
};

TEST_F(ByteBudgetTest, Hold_BeyondTheBytesOfALinkOrOfAll_DropsAndCounts) {
  ASSERT_TRUE(narrow.install(
      {1, {kForth, kBack}, Filter(), make_action("hold", Parameters()).value()}, at(0)));
  for (int n = 1; n <= 5; ++n) send_narrow(n, kForth);
  for (int n = 6; n <= 9; ++n) send_narrow(n, kBack);
  EXPECT_EQ(narrow.held_bytes(), 5 * kEach);
  EXPECT_EQ(narrow.stats().at(kForth).overflowed, 2U);
  EXPECT_EQ(narrow.stats().at(kForth).held_bytes, 3 * kEach);
  EXPECT_EQ(narrow.stats().at(kBack).overflowed, 2U);
  const auto evidence = narrow.remove(1, at(2));
  EXPECT_EQ(evidence->seen, 9U);
  EXPECT_EQ(evidence->held, 5U);
  EXPECT_EQ(evidence->overflowed, 4U);
  EXPECT_EQ(evidence->released, 5U);
  narrow.release(at(10));
  EXPECT_THAT(narrow_out.delivered, ElementsAre(1, 2, 3, 6, 7));
  EXPECT_EQ(narrow.held_bytes(), 0U);
}

TEST_F(ByteBudgetTest, Replay_KeepsNoMoreThanItsShare) {
  ASSERT_TRUE(narrow.install(
      {1,
       {kForth},
       Filter(),
       make_action("replay", Parameters({{"probability", 0.0}, {"keep", 1000.0}})).value()},
      at(0)));
  for (int n = 1; n <= 100; ++n) send_narrow(n, kForth);
  EXPECT_EQ(narrow.kept_bytes(), 0U) << "a quarter of a budget for three messages holds none";
  EXPECT_EQ(narrow_out.delivered.size(), 100U);
}

TEST_F(DegradingActionsTest, Replay_ManyRules_StaysBounded) {
  for (std::uint64_t id = 1; id <= 20; ++id) {
    install(id, "replay", {{"probability", 1.0}, {"keep", 10.0}});
  }
  send(1, 1, 1);
  out.delivered.clear();
  send(2, 2, 2);
  EXPECT_EQ(out.delivered.size(), kCopiesMax);
}

TEST(DegradingActions, BadParameters_NameTheKey) {
  const auto error = [](std::string_view kind, std::map<std::string, Parameters::Value> p) {
    const auto action = make_action(kind, Parameters(std::move(p)));
    return action ? std::string() : action.error().message;
  };
  EXPECT_EQ(error("hold", {{"order", "backwards"}}),
            "action hold: order: expected one of: as-sent, reverse, shuffled");
  EXPECT_EQ(error("hold", {}), "");
  EXPECT_EQ(error("corrupt", {{"probability", 1.0}, {"bits", 4.0}}),
            "action corrupt: bits: expected a whole number from 1 to 3");
  EXPECT_EQ(error("replay", {{"probability", 1.0}, {"keep", 2.5}}),
            "action replay: keep: expected a whole number from 1 to 1024");
  EXPECT_EQ(error("bandwidth", {{"bytes-per-second", 0.0}, {"queue-bytes", 1.0}}),
            "action bandwidth: bytes-per-second: expected a whole number from 1 to 1000000000");
  EXPECT_EQ(error("reorder", {{"probability", 1.0}, {"gap", 1.0}}),
            "action reorder: max: expected a duration such as \"20ms\", up to an hour");
}

}  // namespace
}  // namespace capsize::nemesis::proxy

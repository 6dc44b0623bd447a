// The degrading actions with real sockets: the receiver sees each one's effect, and none after its
// rule is removed.
#include <gmock/gmock.h>

#include <algorithm>

#include "proxy_fixture.h"

namespace capsize::nemesis::proxy {
namespace {

using testing::ElementsAreArray;

class ProxyDegradingTest : public ProxyLinkTest {
 protected:
  void install(const Json& action, const Json& only = Json::object()) {
    const Json reply = ask(Json{
        {"op", "install"},
        {"id", 1},
        {"links", Json::array({{"n1", "n2"}})},
        {"action", action},
        {"only", only}}.dump());
    ASSERT_EQ(reply.at("ok"), true) << reply.dump();
  }
  Json remove() {
    const Json reply = ask(R"({"op":"remove","id":1})");
    EXPECT_EQ(reply.at("ok"), true) << reply.dump();
    return reply.at("evidence");
  }
  /// Sends messages under the rule, few enough for every queue on the way. Forgets earlier
  /// arrivals.
  void send_many(int messages) {
    arrivals_.clear();
    first_ = sent_ + 1;
    for (int n = 0; n < messages; ++n) send_one();
    while (link_stats().at("seen") < sent_.load()) {
    }
  }
  void receive(std::size_t messages) {
    while (arrivals_.size() < messages && receive_one(kAnswerMsMax)) {
    }
  }
  /// Returns the numbers of the arrivals; the first message of send_many() is 0.
  [[nodiscard]] std::vector<std::uint64_t> numbers() const {
    std::vector<std::uint64_t> numbers;
    for (const Arrival& arrival : arrivals_) numbers.push_back(arrival.sequence - first_);
    return numbers;
  }
  /// Expects that messages arrive in order and once.
  void expect_healed() {
    receive_late_ones();
    send_many(20);
    receive(20);
    EXPECT_THAT(numbers(), ElementsAreArray(in_order(20)));
    EXPECT_FALSE(receive_one(0));
  }
  /// Receives everything up to a probe that it sends.
  void receive_late_ones() {
    send_one();
    while (arrivals_.empty() || arrivals_.back().sequence != sent_) {
      ASSERT_TRUE(receive_one(kAnswerMsMax));
    }
  }
  static std::vector<std::uint64_t> in_order(std::uint64_t count) {
    std::vector<std::uint64_t> numbers(count);
    for (std::uint64_t n = 0; n < count; ++n) numbers[n] = n;
    return numbers;
  }
  std::uint64_t first_ = 0;
};

TEST_F(ProxyDegradingTest, Reorder_SwapsNeighboursUntilItIsRemoved) {
  ASSERT_TRUE(link_works());
  install({{"kind", "reorder"}, {"probability", 1}, {"gap", 1}, {"max", "1h"}});
  send_many(6);
  receive(6);
  EXPECT_THAT(numbers(), ElementsAreArray({1, 0, 3, 2, 5, 4}));
  EXPECT_EQ(remove().at("reordered"), 3);
  expect_healed();
}

TEST_F(ProxyDegradingTest, Corrupt_IsRejectedByTheReceiversChecksum) {
  ASSERT_TRUE(link_works());
  install({{"kind", "corrupt"}, {"probability", 1}, {"bits", 1}});
  send_many(100);
  const std::uint64_t before = received();
  while (received() < before + 100 && receive_one(kAnswerMsMax)) {
  }
  EXPECT_TRUE(arrivals_.empty()) << "a corrupted message was accepted";
  EXPECT_EQ(refused_[wire::HeaderError::kChecksum], 100U);
  EXPECT_EQ(remove().at("corrupted"), 100);
  expect_healed();
  EXPECT_EQ(refused_[wire::HeaderError::kChecksum], 100U);
}

TEST_F(ProxyDegradingTest, Bandwidth_DropsTheTailAndReleasesTheQueueWhenItIsRemoved) {
  ASSERT_TRUE(link_works());
  // 200 bytes a message: at one byte per second, none leaves during a test.
  install({{"kind", "bandwidth"}, {"bytes-per-second", 1}, {"queue-bytes", 1000}});
  send_many(20);
  EXPECT_FALSE(receive_one(0));
  const Json evidence = remove();
  EXPECT_EQ(evidence.at("throttled"), 5) << evidence.dump();
  EXPECT_EQ(evidence.at("discarded"), 15) << evidence.dump();
  receive(5);
  EXPECT_THAT(numbers(), ElementsAreArray(in_order(5)));
  expect_healed();
}

TEST_F(ProxyDegradingTest, Hold_ReleasesAllInReverseAndLosesNone) {
  ASSERT_TRUE(link_works());
  const std::uint64_t lost = link_stats().at("lost").get<std::uint64_t>();
  install({{"kind", "hold"}, {"order", "reverse"}});
  // More than the queues on the way accept in one burst.
  constexpr std::uint64_t kHeld = 2000;
  send_many(kHeld);
  EXPECT_FALSE(receive_one(0));
  EXPECT_EQ(remove().at("released"), kHeld);
  receive(kHeld);
  std::vector<std::uint64_t> reversed = in_order(kHeld);
  std::reverse(reversed.begin(), reversed.end());
  EXPECT_THAT(numbers(), ElementsAreArray(reversed));
  EXPECT_EQ(link_stats().at("lost"), lost);
  expect_healed();
}

TEST_F(ProxyDegradingTest, Replay_DeliversMessagesOfAnOldTermAgainUntilItIsRemoved) {
  ASSERT_TRUE(link_works());
  install({{"kind", "replay"}, {"probability", 1}, {"keep", 100}});
  send_many(50);
  receive(99);
  term_ = 2;
  const std::uint64_t new_term = sent_ + 1;
  send_many(50);
  receive(100);
  const auto old = std::count_if(arrivals_.begin(), arrivals_.end(), [&](const Arrival& arrival) {
    return arrival.sequence < new_term;
  });
  EXPECT_GT(old, 0) << "none of the 50 replays is of the earlier term";
  EXPECT_EQ(remove().at("replayed"), 99);
  expect_healed();
}

class NarrowProxyTest : public ProxyDegradingTest {
 protected:
  NarrowProxyTest() {
    limits_ = {.link_bytes = kBytes, .all_bytes = kBytes};
    payload_ = std::string(kPayload, 'x');
  }
  static constexpr std::size_t kBytes = std::size_t{1} << 20, kPayload = std::size_t{64} << 10;
};

TEST_F(NarrowProxyTest, Hold_OfLargeMessages_DropsAndCountsWhatExceedsTheBytes) {
  ASSERT_TRUE(link_works());
  install({{"kind", "hold"}});
  send_many(100);
  const Json stats = ask(R"({"op":"stats"})");
  EXPECT_LE(stats.at("held-bytes"), kBytes);
  EXPECT_GT(stats.at("held-bytes"), kBytes / 2);
  const Json evidence = remove();
  EXPECT_EQ(evidence.at("seen"), 100);
  EXPECT_GT(evidence.at("overflowed"), 50) << evidence.dump();
  EXPECT_EQ(evidence.at("held").get<int>() + evidence.at("overflowed").get<int>(), 100);
  receive(evidence.at("held").get<std::size_t>());
  EXPECT_THAT(numbers(), ElementsAreArray(in_order(evidence.at("held").get<std::uint64_t>())));
}

TEST_F(NarrowProxyTest, Receiver_ThatDoesNotRead_QueuesNoMoreThanTheBytesOfALink) {
  ASSERT_TRUE(link_works());
  const Json before = link_stats();
  const auto counted = [&](const char* counter) {
    return link_stats().at(counter).get<std::uint64_t>() - before.at(counter).get<std::uint64_t>();
  };
  // More than the 256 messages that the receiver's socket accepts without reading.
  send_many(600);
  const std::uint64_t delivered = counted("delivered");
  EXPECT_EQ(delivered + counted("lost"), 600U);
  EXPECT_LE(delivered, wire::kLinkMessagesMax + kBytes / kPayload + 16) << "the kernel buffers few";
  receive(delivered);
  EXPECT_EQ(arrivals_.size(), delivered);
  for (int n = 0; n < 100 && arrivals_.size() == delivered; ++n) {
    send_one();
    receive_one(kAnswerMsMax / 100);
  }
  EXPECT_GT(arrivals_.size(), delivered) << "the bytes that the receiver has read are free again";
}

TEST_F(ProxyDegradingTest, Only_RestrictsTheRuleToMatchingMessages) {
  ASSERT_TRUE(link_works());
  install(
      {{"kind", "drop"}, {"probability", 1}},
      {{"types", {"AppendEntries"}}, {"term", {5, 9}}, {"every", 2}, {"skip", 1}, {"count", 2}});
  send_many(10);
  receive(10);
  term_ = 5;
  send_many(10);
  receive(8);
  EXPECT_THAT(numbers(), ElementsAreArray({0, 1, 2, 4, 6, 7, 8, 9}));
  EXPECT_EQ(remove().at("discarded"), 2);
  expect_healed();
}

}  // namespace
}  // namespace capsize::nemesis::proxy

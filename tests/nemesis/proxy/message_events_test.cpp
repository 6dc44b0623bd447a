// What the observer of a switchboard gets to know: one event for each message that is read, and one
// for each that leaves later. rule_sets_test.cpp
// shows that the events agree with the counters under random rules.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "switchboard_fixture.h"

namespace capsize::nemesis::proxy {
namespace {

using testing::ElementsAre;

struct Events : MessageObserver {
  void observe(const MessageRecord& record) override { records.push_back(record); }
  std::vector<MessageRecord> records;
};

/// "1 waits", "1 delivered after 50 ms": sequence, event, time waited.
class MessageEventsTest : public SwitchboardTest {
 protected:
  MessageEventsTest() { observed.emplace(std::set{kForth, kBack}, 42, out, Limits(), &events); }
  void read(int number, std::int64_t ms) {
    wire::Header header;
    header.type = MessageType::kAppendEntries;
    header.from = 1;
    header.to = 2;
    header.sequence = static_cast<std::uint64_t>(number);
    header.sent_ns = at(ms).time_since_epoch().count();
    header.term = 3;
    header.index = 8;
    header.incarnation = 2;
    observed->arrive(kForth, header, Numbered(number), at(ms));
  }
  void add_rule(std::uint64_t id, std::string_view kind,
                std::map<std::string, Parameters::Value> parameters, std::int64_t ms = 0) {
    auto action = make_action(kind, Parameters(std::move(parameters)));
    ASSERT_TRUE(action);
    ASSERT_TRUE(observed->install({id, {kForth}, Filter(), std::move(action).value()}, at(ms)));
  }
  [[nodiscard]] std::vector<std::string> lines() const {
    static const std::map<MessageEvent, std::string> kNames = {
        {MessageEvent::kReadDelivered, "read, delivered"},
        {MessageEvent::kReadWaits, "read, waits"},
        {MessageEvent::kReadStopped, "read, stopped"},
        {MessageEvent::kReadLost, "read, lost"},
        {MessageEvent::kReadOverflowed, "read, overflowed"},
        {MessageEvent::kDelivered, "delivered"},
        {MessageEvent::kStopped, "stopped"},
        {MessageEvent::kLost, "lost"},
        {MessageEvent::kOverflowed, "overflowed"}};
    std::vector<std::string> lines;
    for (const MessageRecord& record : events.records) {
      std::string line = std::to_string(record.sequence) + " ";
      if (record.copy) line += "copy ";
      line += kNames.at(record.event);
      if (record.waited_us > 0) line += " after " + std::to_string(record.waited_us / 1000) + " ms";
      lines.push_back(line);
    }
    return lines;
  }
  Events events;
  std::optional<Switchboard> observed;
};

TEST_F(MessageEventsTest, DeliveredAtOnce_IsOneEventWithWhatTheHeaderSays) {
  read(7, 5);
  EXPECT_THAT(lines(), ElementsAre("7 read, delivered"));
  const MessageRecord expected{.time_ns = 5'000'000,
                               .sequence = 7,
                               .term = 3,
                               .index = 8,
                               .incarnation = 2,
                               .from = 1,
                               .to = 2,
                               .type = MessageType::kAppendEntries,
                               .event = MessageEvent::kReadDelivered};
  EXPECT_EQ(events.records[0], expected);
}

TEST_F(MessageEventsTest, ThroughACut_IsStopped) {
  add_rule(1, "cut", {});
  read(1, 1);
  EXPECT_THAT(lines(), ElementsAre("1 read, stopped"));
}

TEST_F(MessageEventsTest, Delayed_WaitsAndIsDeliveredOrCutOff) {
  add_rule(1, "delay", {{"min", "50ms"}, {"max", "50ms"}});
  read(1, 0);
  read(2, 20);
  observed->release(at(60));
  add_rule(2, "cut", {}, 65);
  EXPECT_THAT(lines(), ElementsAre("1 read, waits", "2 read, waits", "1 delivered after 60 ms",
                                   "2 stopped after 45 ms"));
}

TEST_F(MessageEventsTest, HeldUntilTheRuleEnds_IsDeliveredAfterThat) {
  add_rule(1, "hold", {});
  read(1, 0);
  ASSERT_TRUE(observed->remove(1, at(30)));
  observed->release(at(31));
  EXPECT_THAT(lines(), ElementsAre("1 read, waits", "1 delivered after 31 ms"));
}

TEST_F(MessageEventsTest, Duplicated_HasAnEventForTheCopy) {
  add_rule(1, "duplicate", {{"probability", 1.0}});
  read(1, 0);
  EXPECT_THAT(lines(), ElementsAre("1 read, delivered", "1 copy delivered"));
}

TEST_F(MessageEventsTest, Replayed_HasTheTimeSinceItWasRead) {
  add_rule(1, "replay", {{"probability", 1.0}, {"keep", 1.0}});
  read(1, 0);
  read(2, 40);
  EXPECT_THAT(lines(), ElementsAre("1 read, delivered", "1 copy delivered after 40 ms",
                                   "2 read, delivered"));
}

TEST_F(MessageEventsTest, OfAPausedReceiver_IsLost) {
  out.paused.insert(kForth);
  read(1, 0);
  add_rule(1, "hold", {});
  read(2, 10);
  ASSERT_TRUE(observed->remove(1, at(20)));
  for (std::int64_t ms = 20; ms < 1100; ++ms) observed->release(at(ms));
  EXPECT_THAT(lines(), ElementsAre("1 read, lost", "2 read, waits", "2 lost after 1010 ms"));
}

TEST_F(MessageEventsTest, Corrupted_IsMarked) {
  add_rule(1, "corrupt", {{"probability", 1.0}, {"bits", 1.0}});
  read(1, 0);
  ASSERT_EQ(events.records.size(), 1U);
  EXPECT_TRUE(events.records[0].corrupted);
}

}  // namespace
}  // namespace capsize::nemesis::proxy

// Reads records of messages that the tests write themselves: whole, cut, damaged, forged.
#include "harness/evidence/message_history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <limits>

#include "nemesis/proxy/message_record.h"

namespace capsize::harness {
namespace {

using nemesis::proxy::MessageEvent;
using nemesis::proxy::MessageRecord;
using testing::ElementsAre;
using testing::HasSubstr;
constexpr auto kBytes = nemesis::proxy::kMessageRecordBytes;
constexpr std::int64_t kMs = 1'000'000;

// Numbers of node/wire/header.h.
enum Type : std::uint8_t { kRequestVote = 1, kAppendEntries = 5, kHeartbeat = 6 };

class MessageHistoryTest : public testing::Test {
 protected:
  MessageHistoryTest() : path_(testing::TempDir() + "messages-" + std::to_string(::getpid())) {
    bytes_.resize(kBytes);
    nemesis::proxy::encode_message_file_header(4711, bytes_.data());
  }
  ~MessageHistoryTest() override { std::filesystem::remove(path_); }

  void add(const MessageRecord& record) {
    bytes_.resize(bytes_.size() + kBytes);
    encode(record, bytes_.data() + bytes_.size() - kBytes);
  }
  static MessageRecord record(std::int64_t ms, std::uint64_t sequence, MessageEvent event,
                              Type type = kAppendEntries, std::uint32_t waited_ms = 0) {
    return {.time_ns = ms * kMs,
            .sequence = sequence,
            .term = 3,
            .index = 10 + sequence,
            .incarnation = 1,
            .waited_us = waited_ms * 1000,
            .from = 1,
            .to = 2,
            .type = static_cast<decltype(MessageRecord::type)>(type),
            .event = event};
  }
  static MessageRecord copy(MessageRecord record) {
    record.copy = true;
    return record;
  }
  base::Result<MessageHistory> try_read(const MessageWindow& window) {
    std::ofstream(path_, std::ios::binary) << bytes_;
    return read_messages(path_, window);
  }
  MessageHistory read(std::int64_t begin_ms, std::int64_t end_ms, std::size_t messages_max = 400) {
    auto read =
        try_read({.begin = begin_ms * kMs, .end = end_ms * kMs, .messages_max = messages_max});
    EXPECT_TRUE(read) << read.error().message;
    return read ? std::move(read).value() : MessageHistory();
  }
  static std::vector<std::string> lines(const MessageHistory& history) {
    std::vector<std::string> lines;
    for (const auto& message : history.messages) {
      std::string line = std::to_string(message.sequence) + " " + std::string(name(message.fate)) +
                         " " + std::to_string(message.sent_ns / kMs);
      if (message.arrived_ns) line += ">" + std::to_string(*message.arrived_ns / kMs);
      if (message.copies > 0) line += " +" + std::to_string(message.copies);
      lines.push_back(line);
    }
    return lines;
  }
  std::string path_;
  std::string bytes_;
};

TEST_F(MessageHistoryTest, EachFate_IsReadFromTheEventsOfTheMessage) {
  add(record(1, 1, MessageEvent::kReadDelivered));
  add(record(2, 2, MessageEvent::kReadStopped));
  add(record(3, 3, MessageEvent::kReadLost));
  add(record(4, 4, MessageEvent::kReadWaits));
  add(record(5, 5, MessageEvent::kReadWaits));
  add(record(6, 6, MessageEvent::kReadWaits));
  add(record(7, 7, MessageEvent::kReadOverflowed));
  add(record(20, 4, MessageEvent::kDelivered, kAppendEntries, 16));
  add(record(21, 5, MessageEvent::kStopped, kAppendEntries, 16));
  const auto history = read(0, 30);
  EXPECT_THAT(lines(history),
              ElementsAre("1 delivered 1>1", "2 stopped 2", "3 lost 3", "4 delayed 4>20",
                          "5 stopped 5", "6 waiting 6", "7 lost 7"));
  const MessageEvents& first = history.messages[0];
  EXPECT_EQ(first.from, 0U);
  EXPECT_EQ(first.to, 1U);
  EXPECT_EQ(first.type, "AppendEntries");
  EXPECT_EQ(first.term, 3U);
  EXPECT_EQ(first.index, 11U);
  EXPECT_TRUE(history.ended_early) << "nothing is recorded after the window";
  EXPECT_EQ(history.recorded_until, 21 * kMs);
}

TEST_F(MessageHistoryTest, Copies_CountBesideTheFirstDelivery) {
  add(record(1, 1, MessageEvent::kReadDelivered));
  add(copy(record(1, 1, MessageEvent::kDelivered)));
  add(copy(record(9, 1, MessageEvent::kDelivered, kAppendEntries, 8)));
  add(record(10, 2, MessageEvent::kReadLost));
  add(copy(record(11, 2, MessageEvent::kDelivered, kAppendEntries, 1)));
  add(record(12, 3, MessageEvent::kReadWaits));
  add(copy(record(13, 3, MessageEvent::kStopped, kAppendEntries, 1)));
  EXPECT_THAT(lines(read(0, 20)),
              ElementsAre("1 delivered 1>1 +2", "2 delayed 10>11", "3 waiting 12"));
}

TEST_F(MessageHistoryTest, ThatWasSentBeforeTheWindow_IsThereIfItArrivesWithinIt) {
  add(record(1, 1, MessageEvent::kReadWaits));
  add(record(2, 2, MessageEvent::kReadDelivered));
  add(record(50, 1, MessageEvent::kDelivered, kAppendEntries, 49));
  add(copy(record(51, 2, MessageEvent::kDelivered, kAppendEntries, 49)));
  EXPECT_THAT(lines(read(40, 60)), ElementsAre("1 delayed 1>50", "2 delayed 2>51 +1"));
}

TEST_F(MessageHistoryTest, ThatWaitsAtTheEnd_IsFollowedBeyondIt) {
  add(record(1, 1, MessageEvent::kReadWaits));
  add(record(2, 2, MessageEvent::kReadWaits));
  for (int n = 3; n < 20; ++n) {
    add(record(n, static_cast<std::uint64_t>(n), MessageEvent::kReadDelivered));
  }
  add(record(50, 1, MessageEvent::kDelivered, kAppendEntries, 49));
  const auto history = read(0, 2);
  EXPECT_THAT(lines(history), ElementsAre("1 delayed 1>50", "2 waiting 2"));
  EXPECT_FALSE(history.ended_early);
}

TEST_F(MessageHistoryTest, BeyondTheBound_HeartbeatsGoFirstThenWhatIsFarFromTheFocus) {
  for (int n = 1; n <= 10; ++n) {
    const auto sequence = static_cast<std::uint64_t>(10 * n);
    add(record(n, sequence, MessageEvent::kReadDelivered, kHeartbeat));
    add(record(n, sequence + 1, MessageEvent::kReadDelivered));
  }
  add(record(11, 200, MessageEvent::kReadDelivered, kRequestVote));
  add(record(12, 201, MessageEvent::kReadStopped));
  const auto history = read(0, 20, 4);
  EXPECT_THAT(lines(history), ElementsAre("91 delivered 9>9", "101 delivered 10>10",
                                          "200 delivered 11>11", "201 stopped 12"));
  EXPECT_EQ(history.left_out, 18U);
  const auto focused = try_read({.begin = 0, .end = 20 * kMs, .messages_max = 3, .focus = 2 * kMs});
  ASSERT_TRUE(focused);
  EXPECT_THAT(lines(focused.value()),
              ElementsAre("21 delivered 2>2", "200 delivered 11>11", "201 stopped 12"));
}

TEST_F(MessageHistoryTest, TheWindow_IsFoundInALargeFile) {
  constexpr int kMany = 200'000;
  for (int n = 0; n < kMany; ++n) {
    add(record(n, static_cast<std::uint64_t>(n), MessageEvent::kReadDelivered));
  }
  EXPECT_THAT(lines(read(150'000, 150'001)),
              ElementsAre("150000 delivered 150000>150000", "150001 delivered 150001>150001"));
  EXPECT_TRUE(read(kMany + 1, kMany + 2).messages.empty());
  EXPECT_EQ(read(kMany + 1, kMany + 2).recorded_until, (kMany - 1) * kMs);
  EXPECT_EQ(read(0, 0).messages.size(), 1U);
}

TEST_F(MessageHistoryTest, DamagedAndTornRecords_AreSkippedAndCounted) {
  for (int n = 1; n <= 5; ++n) {
    add(record(n, static_cast<std::uint64_t>(n), MessageEvent::kReadDelivered));
  }
  bytes_[3 * kBytes + 8] = '\x7f';  // record 3
  bytes_ += "half a record";
  const auto history = read(0, 10);
  EXPECT_THAT(lines(history), ElementsAre("1 delivered 1>1", "2 delivered 2>2", "4 delivered 4>4",
                                          "5 delivered 5>5"));
  EXPECT_EQ(history.damaged, 1U);
}

TEST_F(MessageHistoryTest, GapsAndTheEnd_AreSaid) {
  add(record(1, 1, MessageEvent::kReadDelivered));
  add({.time_ns = 2 * kMs, .index = 40, .event = MessageEvent::kGap});
  add({.time_ns = 3 * kMs,
       .index = std::numeric_limits<std::uint64_t>::max(),
       .event = MessageEvent::kGap});
  add({.time_ns = 4 * kMs, .event = MessageEvent::kEnd});
  const auto history = read(0, 10);
  EXPECT_EQ(history.unrecorded, std::numeric_limits<std::uint64_t>::max());
  EXPECT_TRUE(history.ended_early);
  EXPECT_EQ(history.recorded_until, 4 * kMs);
}

TEST_F(MessageHistoryTest, ForgedTimesAndKeys_AreBorne) {
  constexpr auto kLast = std::numeric_limits<std::int64_t>::max() / kMs;
  add(record(kLast, 1, MessageEvent::kReadWaits));
  add(record(1, 1, MessageEvent::kReadWaits));
  add(record(1, 1, MessageEvent::kReadWaits));
  add(record(1, 1, MessageEvent::kDelivered, kAppendEntries, 4'000'000));
  add(record(0, 2, MessageEvent::kDelivered, kAppendEntries, 4'000'000));
  for (const std::size_t most : {0, 1, 2, 400})
    EXPECT_LE(read(0, kLast, most).messages.size(), most);
}

TEST_F(MessageHistoryTest, WhatIsNoRecord_IsNamed) {
  const auto error = [&](const std::string& bytes) {
    bytes_ = bytes;
    const auto read = try_read({});
    return read ? "" : read.error().message;
  };
  EXPECT_THAT(error(""), HasSubstr(path_ + ": found no header, expected CPSZMSGS"));
  EXPECT_THAT(error(std::string(100, 'x')), HasSubstr("found no header"));
  std::string newer(kBytes, '\0');
  nemesis::proxy::encode_message_file_header(1, newer.data());
  newer[8] = 2;
  EXPECT_THAT(error(newer), HasSubstr("version: found 2, expected 1"));
  EXPECT_THAT(read_messages("/no/such/messages.bin", {}).error().message,
              HasSubstr("/no/such/messages.bin: found no file"));
}

TEST_F(MessageHistoryTest, APipe_IsNotRead) {
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  EXPECT_FALSE(read_messages(path_, {}));
}

}  // namespace
}  // namespace capsize::harness

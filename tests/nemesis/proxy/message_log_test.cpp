// The record of messages: its bytes, its writer, its end.
#include "nemesis/proxy/message_log.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

namespace capsize::nemesis::proxy {
namespace {

using testing::HasSubstr;

MessageRecord record(std::int64_t time_ns, std::uint64_t sequence) {
  return {.time_ns = time_ns,
          .sequence = sequence,
          .term = 0x0102030405060708,
          .index = 9,
          .incarnation = 3,
          .waited_us = 0x0a0b,
          .from = 1,
          .to = 5,
          .type = wire::MessageType::kAppendEntries,
          .event = MessageEvent::kDelivered,
          .copy = true,
          .corrupted = false};
}

std::string encoded(const MessageRecord& record) {
  std::string bytes(kMessageRecordBytes, '\0');
  encode(record, bytes.data());
  return bytes;
}

TEST(MessageRecord, HasTheDocumentedBytes) {
  const std::string bytes = encoded(record(0x1112131415161718, 2));
  const std::string expected(
      "\x18\x17\x16\x15\x14\x13\x12\x11"
      "\x02\0\0\0\0\0\0\0"
      "\x08\x07\x06\x05\x04\x03\x02\x01"
      "\x09\0\0\0\0\0\0\0"
      "\x03\0\0\0\x0b\x0a\0\0"
      "\x01\0\x05\0\x05\x06\x01",
      47);
  EXPECT_EQ(bytes.substr(0, 47), expected);
  EXPECT_EQ(decode_message_record(bytes.data()), record(0x1112131415161718, 2));
}

TEST(MessageRecord, EveryChangedByte_IsNoticedOrChangesTheRecord) {
  const std::string whole = encoded(record(1, 2));
  int noticed = 0;
  for (std::size_t place = 0; place < whole.size(); ++place) {
    std::string damaged = whole;
    damaged[place] = static_cast<char>(damaged[place] ^ 0x40);
    noticed += decode_message_record(damaged.data()) ? 0 : 1;
  }
  EXPECT_EQ(noticed, 48) << "CRC32C notices a single flipped bit in its lowest byte";
}

TEST(MessageRecord, ThatNoProxyWrites_IsRefused) {
  const auto refuses = [](auto&& change) {
    MessageRecord changed = record(1, 2);
    change(changed);
    return !decode_message_record(encoded(changed).data());
  };
  EXPECT_TRUE(refuses([](auto& of) { of.type = static_cast<wire::MessageType>(0); }));
  EXPECT_TRUE(refuses([](auto& of) { of.type = static_cast<wire::MessageType>(15); }));
  EXPECT_TRUE(refuses([](auto& of) { of.event = static_cast<MessageEvent>(0); }));
  EXPECT_TRUE(refuses([](auto& of) { of.event = static_cast<MessageEvent>(12); }));
  EXPECT_TRUE(refuses([](auto& of) { of.from = 0; }));
  EXPECT_TRUE(refuses([](auto& of) { of.to = 10'000; }));
  EXPECT_TRUE(refuses([](auto& of) { of.to = of.from; }));
  EXPECT_TRUE(refuses([](auto& of) { of.time_ns = -1; }));
  EXPECT_FALSE(refuses([](auto&) {}));
}

class MessageLogTest : public testing::Test {
 protected:
  MessageLogTest() : path_(testing::TempDir() + "messages-" + std::to_string(::getpid())) {}
  ~MessageLogTest() override { std::filesystem::remove(path_); }
  [[nodiscard]] std::unique_ptr<MessageLog> create(std::uint64_t bytes_max = kMessageFileBytesMax) {
    auto log = MessageLog::create({.path = path_, .run_id = 4711, .bytes_max = bytes_max});
    EXPECT_TRUE(log) << log.error().message;
    return std::move(log).value();
  }
  std::vector<MessageRecord> read() {
    std::ifstream file(path_, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    EXPECT_TRUE(check_message_file_header(bytes));
    EXPECT_EQ(bytes.size() % kMessageRecordBytes, 0U);
    std::vector<MessageRecord> records;
    for (std::size_t at = kMessageRecordBytes; at < bytes.size(); at += kMessageRecordBytes) {
      const auto one = decode_message_record(bytes.data() + at);
      EXPECT_TRUE(one);
      if (one) records.push_back(*one);
    }
    return records;
  }
  std::string path_;
};

TEST_F(MessageLogTest, WritesWhatItObserved_InOrder) {
  auto log = create();
  for (int n = 1; n <= 10'000; ++n) log->observe(record(n, static_cast<std::uint64_t>(n)));
  log.reset();
  const auto records = read();
  ASSERT_EQ(records.size(), 10'000U);
  for (std::size_t n = 0; n < records.size(); ++n) {
    ASSERT_EQ(records[n], record(static_cast<std::int64_t>(n) + 1, n + 1));
  }
}

TEST_F(MessageLogTest, AtItsSize_EndsWithARecordThatSaysSo) {
  auto log = create(10 * kMessageRecordBytes);
  for (int n = 1; n <= 100; ++n) log->observe(record(n, 1));
  const auto error = log->take_error();
  ASSERT_TRUE(error);
  EXPECT_THAT(*error, HasSubstr("reached its size of 480 bytes"));
  EXPECT_FALSE(log->take_error()) << "said once";
  log.reset();
  const auto records = read();
  EXPECT_LE((records.size() + 1) * kMessageRecordBytes, 480U);
  ASSERT_GE(records.size(), 2U);
  EXPECT_EQ(records.back().event, MessageEvent::kEnd);
  EXPECT_EQ(records.back().time_ns, records[records.size() - 2].time_ns + 1);
}

TEST_F(MessageLogTest, AFileThatCannotBeCreated_IsNamed) {
  const auto log = MessageLog::create({.path = "/no/such/directory/messages.bin"});
  ASSERT_FALSE(log);
  EXPECT_THAT(log.error().message, HasSubstr("/no/such/directory/messages.bin: cannot be created"));
}

TEST_F(MessageLogTest, AFullDisk_EndsTheRecordAndNothingElse) {
  auto log = MessageLog::create({.path = "/dev/full"});
  ASSERT_TRUE(log) << log.error().message;
  std::optional<std::string> error;
  for (int n = 1; !error && n < 100'000'000; ++n) {
    log.value()->observe(record(n, 1));
    log.value()->flush();
    error = log.value()->take_error();
  }
  ASSERT_TRUE(error);
  EXPECT_EQ(*error, "/dev/full: No space left on device; no further messages are recorded");
  log.value()->observe(record(1, 1));
  log.value()->flush();
  EXPECT_FALSE(log.value()->has_buffered());
}

TEST_F(MessageLogTest, ASlowDisk_LeavesAGapThatSaysHowManyEventsAreMissing) {
  // A pipe without a reader that reads: the writer hangs as on a disk that does.
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  const int reader = ::open(path_.c_str(), O_RDONLY | O_NONBLOCK);
  ASSERT_GE(reader, 0);
  auto log = MessageLog::create(
      {.path = path_, .run_id = 1, .pending_bytes_max = 4096 * kMessageRecordBytes});
  ASSERT_TRUE(log) << log.error().message;
  constexpr int kEvents = 50'000;
  for (int n = 1; n <= kEvents; ++n) log.value()->observe(record(n, 1));
  // Now the disk works again.
  std::string bytes;
  std::thread drain([&] {
    std::array<char, 65536> chunk;
    for (ssize_t got = 1; got != 0;) {
      got = ::read(reader, chunk.data(), chunk.size());
      if (got > 0) bytes.append(chunk.data(), static_cast<std::size_t>(got));
      if (got < 0) std::this_thread::yield();
    }
  });
  std::move(log).value().reset();
  drain.join();
  ::close(reader);
  std::uint64_t events = 0, gaps = 0;
  for (std::size_t at = kMessageRecordBytes; at < bytes.size(); at += kMessageRecordBytes) {
    const auto one = decode_message_record(bytes.data() + at);
    ASSERT_TRUE(one);
    const bool gap = one->event == MessageEvent::kGap;
    gaps += gap ? 1 : 0;
    events += gap ? one->index : 1;
  }
  EXPECT_EQ(events, kEvents);
  EXPECT_GE(gaps, 1U);
}

}  // namespace
}  // namespace capsize::nemesis::proxy

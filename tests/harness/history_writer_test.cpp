#include "harness/recorder/history_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include "base/json.h"
#include "tests/node/adapters/temporary_directory.h"

namespace capsize::harness {
namespace {

using namespace std::chrono_literals;

class HistoryWriterTest : public testing::Test {
 protected:
  std::vector<base::Json> lines() const {
    std::ifstream file(directory_ / "h.jsonl");
    std::vector<base::Json> parsed;
    for (std::string line; std::getline(file, line);) parsed.push_back(base::Json::parse(line));
    return parsed;
  }
  TemporaryDirectory temporary_;
  const std::filesystem::path directory_{temporary_.path()};
};

TEST_F(HistoryWriterTest, Events_AreNumberedInTheOrderOfCalls) {
  HistoryWriter writer;
  ASSERT_TRUE(writer.open(directory_ / "h.jsonl", "{\"capsize-history\":1}"));
  writer.write({.time = 5ns, .process = 3, .f = "write", .key = "x", .value = "7"});
  writer.write({.time = 9ns,
                .process = 3,
                .type = EventType::kFail,
                .f = "write",
                .key = "x",
                .value = "7",
                .error = "no-leader"});
  writer.flush();
  const auto read = lines();
  ASSERT_EQ(read.size(), 3U);
  EXPECT_EQ(read[1].dump(),
            R"({"f":"write","index":0,"key":"x","process":3,"time":5,"type":"invoke","value":7})");
  EXPECT_EQ(read[2]["index"], 1);
  EXPECT_EQ(read[2]["error"], "no-leader");
}

TEST_F(HistoryWriterTest, KeysAndErrors_AreEscaped) {
  HistoryWriter writer;
  ASSERT_TRUE(writer.open(directory_ / "h.jsonl", "{}"));
  writer.write({.f = "read", .key = "a\"b\n\xff", .value = "null", .error = "\"\\"});
  writer.flush();
  EXPECT_EQ(lines()[1]["error"], "\"\\");
  EXPECT_THAT(lines()[1]["key"].get<std::string>(), testing::StartsWith("a\"b\n"));
}

TEST_F(HistoryWriterTest, Notes_AreWrittenInOrderWithAnIndex) {
  HistoryWriter writer;
  ASSERT_TRUE(writer.open(directory_ / "h.jsonl", "{}"));
  writer.note(1ns, "kill", "{\"id\":1}");
  writer.write({.time = 2ns, .f = "read", .key = "x", .value = "null"});
  writer.note(3ns, "kill", "{\"id\":1}");
  writer.flush_if_due(1h);
  const auto read = lines();
  ASSERT_EQ(read.size(), 4U);
  EXPECT_EQ(read[1]["process"], "nemesis");
  for (std::size_t i = 1; i < read.size(); ++i) EXPECT_EQ(read[i]["index"], i - 1);
}

TEST_F(HistoryWriterTest, ExistingFile_IsNotOverwritten) {
  HistoryWriter first;
  ASSERT_TRUE(first.open(directory_ / "h.jsonl", "{}"));
  HistoryWriter second;
  EXPECT_FALSE(second.open(directory_ / "h.jsonl", "{}"));
}

TEST_F(HistoryWriterTest, FullDisk_IsRemembered) {
  HistoryWriter writer;
  // /dev/full opens only without O_EXCL, so a link to it simulates a full disk.
  const auto status = writer.open("/dev/full/x", "{}");
  EXPECT_FALSE(status.ok());
  EXPECT_THAT(status.error().message, testing::HasSubstr("/dev/full/x"));
}

}  // namespace
}  // namespace capsize::harness

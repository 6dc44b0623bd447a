// A source that waits for its writer. The writer is the callback that reports the waiting, so no
// test here depends on time.
#include "checker/streaming/growing_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "checker/streaming/streaming_check.h"

namespace capsize::checker {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kText =
    "{\"process\":0,\"type\":\"invoke\",\"f\":\"write\",\"value\":1}\n"
    "{\"process\":0,\"type\":\"ok\",\"f\":\"write\",\"value\":1}\n";

class GrowingFile : public ::testing::Test {
 protected:
  GrowingFile() { std::filesystem::create_directory(folder_); }
  ~GrowingFile() override { std::filesystem::remove_all(folder_); }

  /// Follows the file to its end; `writes` is what happens when it waits.
  Report follow_file(const std::function<void()>& writes) {
    auto source = open_growing_source(path_, stop_, [&](std::string_view why) {
      waits_.emplace_back(why);
      writes();
    });
    EXPECT_NE(source, nullptr);
    LineReader lines(std::move(source));
    return follow(lines, path_.string(), {});
  }
  void write() const { std::ofstream(path_) << kText; }

  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("growing-" + std::to_string(::getpid()));
  std::filesystem::path path_ = folder_ / "history.jsonl";
  std::atomic<bool> stop_{false};
  std::vector<std::string> waits_;
};

TEST_F(GrowingFile, ThatDoesNotExistYet_IsWaitedFor) {
  const Report report = follow_file([&] { write(); });
  EXPECT_EQ(report.verdict, Verdict::kValid) << report.reason;
  EXPECT_THAT(waits_, ::testing::ElementsAre("does not exist yet"));
}

TEST_F(GrowingFile, ThatIsEmpty_IsWaitedFor) {
  std::ofstream(path_).flush();
  const Report report = follow_file([&] { write(); });
  EXPECT_EQ(report.verdict, Verdict::kValid) << report.reason;
  EXPECT_THAT(waits_, ::testing::ElementsAre("is empty"));
}

TEST_F(GrowingFile, NamedPipeWithoutAWriter_IsWaitedFor) {
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  const Report report = follow_file([&] { write(); });
  EXPECT_EQ(report.verdict, Verdict::kValid) << report.reason;
  EXPECT_EQ(report.counts.operations, 1U);
  EXPECT_THAT(waits_, ::testing::ElementsAre("has brought nothing yet"));
}

TEST_F(GrowingFile, NamedPipeWithAWriter_IsReadWithoutAWord) {
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  const int reader = ::open(path_.c_str(), O_RDONLY | O_NONBLOCK);
  const int writer = ::open(path_.c_str(), O_WRONLY);
  ASSERT_EQ(::write(writer, kText.data(), kText.size()), static_cast<ssize_t>(kText.size()));
  auto source = open_growing_source(path_, stop_, [&](std::string_view) { ADD_FAILURE(); });
  ::close(writer);
  ::close(reader);
  LineReader lines(std::move(source));
  EXPECT_EQ(follow(lines, "pipe", {}).verdict, Verdict::kValid);
}

TEST_F(GrowingFile, Stop_EndsTheWait) {
  EXPECT_EQ(follow_file([&] { stop_ = true; }).verdict, Verdict::kVacuous);
  stop_ = false;
  std::ofstream(path_).flush();
  EXPECT_EQ(follow_file([&] { stop_ = true; }).verdict, Verdict::kVacuous);
  stop_ = false;
  std::filesystem::remove(path_);
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  EXPECT_EQ(follow_file([&] { stop_ = true; }).verdict, Verdict::kVacuous);
  EXPECT_EQ(waits_.size(), 3U);
}

TEST_F(GrowingFile, ThatCannotBeOpened_IsAnErrorAtOnce) {
  std::filesystem::path below = path_ / "below";
  write();  // a file where a folder would have to be
  EXPECT_EQ(open_growing_source(below, stop_, {}), nullptr);
  EXPECT_EQ(errno, ENOTDIR);
}

}  // namespace
}  // namespace capsize::checker

// Files that a command writes: never overwrite an input, never partial.
#include "harness/report/output_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/node/adapters/temporary_directory.h"

namespace capsize::harness {
namespace {

namespace fs = std::filesystem;

class OutputFile : public ::testing::Test {
 protected:
  std::string path(const std::string& name) const { return directory_.path() + "/" + name; }
  std::string make(const std::string& name, const std::string& content) const {
    std::ofstream(path(name)) << content;
    return path(name);
  }
  static std::string content(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(directory_.path()), {}));
  }

 private:
  TemporaryDirectory directory_;
};

TEST_F(OutputFile, InputByAnyName_IsRefused) {
  const std::string input = make("h.jsonl", "history");
  fs::create_symlink(input, path("link"));
  fs::create_hard_link(input, path("hard"));
  const std::array inputs = {std::string("-"), make("other", ""), input};
  for (const std::string& output :
       {input, path("link"), path("hard"), path("./h.jsonl"), path("x/../h.jsonl")}) {
    if (output.find("x/") != std::string::npos) fs::create_directory(path("x"));
    const auto fine = check_not_an_input(output, inputs);
    ASSERT_FALSE(fine) << output;
    EXPECT_NE(fine.error().message.find(input), std::string::npos);
  }
  EXPECT_TRUE(check_not_an_input(path("new"), inputs));
  EXPECT_TRUE(check_not_an_input("-", inputs));
  EXPECT_TRUE(check_not_an_input("/dev/null", std::array{std::string("/dev/null")}));
}

TEST_F(OutputFile, ThroughALink_ReplacesTheTargetAndKeepsItsMode) {
  const std::string page = make("page", "old");
  ::chmod(page.c_str(), 0640);
  fs::create_symlink(page, path("link"));
  ASSERT_TRUE(write_output(path("link"), [](const Sink& sink) { sink("new"), sink("er"); }));
  EXPECT_EQ(content(page), "newer");
  EXPECT_TRUE(fs::is_symlink(path("link")));
  EXPECT_EQ(fs::status(page).permissions(), static_cast<fs::perms>(0640));
  EXPECT_EQ(files(), 2U) << "no temporary file remains";
}

TEST_F(OutputFile, WriterThatWantsNoFile_LeavesTheOldOneIntact) {
  const std::string page = make("page", "old");
  ASSERT_TRUE(write_output(
      page, [](const Sink& sink) { sink("half"); }, [] { return false; }));
  EXPECT_EQ(content(page), "old");
  EXPECT_EQ(files(), 1U);
}

/// No temporary file can be created next to it, as in a directory without write permission.
TEST_F(OutputFile, WithoutATemporaryFile_IsWrittenInPlace) {
  const std::string page = path(std::string(250, 'p'));
  const auto some = [](const Sink& sink) { sink("page"); };
  ASSERT_TRUE(write_output(page, some));
  EXPECT_EQ(content(page), "page");
  ASSERT_TRUE(write_output(
      page, [](const Sink& sink) { sink("half"); }, [] { return false; }));
  EXPECT_EQ(content(page), "page");
  ASSERT_TRUE(write_output(page, [](const Sink& sink) { sink("newer"); }));
  EXPECT_EQ(content(page), "newer");
  EXPECT_EQ(files(), 1U);
}

TEST_F(OutputFile, FullDeviceMissingFolderOrDirectory_IsReportedWithThePath) {
  const auto some = [](const Sink& sink) { sink(std::string(100'000, 'x')); };
  for (const std::string& where : {std::string("/dev/full"), path("none/page"), path("")}) {
    const auto written = write_output(where, some);
    ASSERT_FALSE(written) << where;
    EXPECT_EQ(written.error().message.find(where), 0U) << written.error().message;
  }
  EXPECT_EQ(files(), 0U);
}

}  // namespace
}  // namespace capsize::harness

// What a child gets from its parent: working directory, environment, and its death.
#include "harness/process/child_process.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <sstream>
#include <thread>

namespace capsize::harness {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

class ChildProcess_ : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(directory_);
    fs::create_directories(directory_);
  }
  void TearDown() override { fs::remove_all(directory_); }

  ChildProcess::Command shell(const std::string& script) const {
    return {.program = "/bin/sh", .arguments = {"-c", script}, .log = directory_ / "log"};
  }
  /// What the command writes until it ends.
  std::string output(const ChildProcess::Command& command) const {
    auto child = ChildProcess::spawn(command);
    EXPECT_TRUE(child.ok());
    EXPECT_TRUE(child.value().wait(10s).has_value());
    std::ostringstream text;
    text << std::ifstream(command.log).rdbuf();
    return text.str();
  }

  fs::path directory_ = fs::temp_directory_path() / ("capsize-child-" + std::to_string(::getpid()));
};

TEST_F(ChildProcess_, WorkingDirectory_IsThatOfTheCommand) {
  auto command = shell("pwd -P");
  EXPECT_EQ(output(command), fs::current_path().string() + "\n");
  fs::remove(command.log);
  command.working_directory = directory_;
  EXPECT_EQ(output(command), fs::canonical(directory_).string() + "\n");
}

TEST_F(ChildProcess_, MissingWorkingDirectory_IsAnErrorThatNamesIt) {
  auto command = shell("true");
  command.working_directory = directory_ / "missing";
  const auto child = ChildProcess::spawn(command);
  ASSERT_FALSE(child.ok());
  EXPECT_NE(child.error().message.find(directory_ / "missing"), std::string::npos)
      << child.error().message;
}

TEST_F(ChildProcess_, Environment_AddsAndReplaces) {
  ::setenv("CAPSIZE_TEST_KEPT", "kept", 1);
  ::setenv("CAPSIZE_TEST_REPLACED", "before", 1);
  auto command = shell(
      "echo $CAPSIZE_TEST_KEPT $CAPSIZE_TEST_REPLACED $CAPSIZE_TEST_ADDED; "
      "env | grep -c CAPSIZE_TEST_REPLACED");
  command.environment = {"CAPSIZE_TEST_REPLACED=after", "CAPSIZE_TEST_ADDED=added"};
  EXPECT_EQ(output(command), "kept after added\n1\n");
}

// The signal follows the thread that spawned the child, so that a thread can stand for a process.
TEST_F(ChildProcess_, DiesWithParent_IsKilledWhenTheSpawningThreadEnds) {
  std::optional<ChildProcess> child;
  std::thread([&] {
    auto command = shell("sleep 1000");
    command.dies_with_parent = true;
    auto spawned = ChildProcess::spawn(command);
    ASSERT_TRUE(spawned.ok());
    child = std::move(spawned).value();
  }).join();
  ASSERT_TRUE(child.has_value());
  const auto ending = child->wait(10s);
  ASSERT_TRUE(ending.has_value());
  EXPECT_EQ(ending->signal, SIGKILL);
}

}  // namespace
}  // namespace capsize::harness

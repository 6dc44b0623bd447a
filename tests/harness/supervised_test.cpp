// A supervised command: how it ends, and that nothing of it is left.
#include "harness/process/supervised.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

#include "tests/node/adapters/temporary_directory.h"

namespace capsize::harness {
namespace {

using namespace std::chrono_literals;

class Supervised : public ::testing::Test {
 protected:
  SupervisedCommand shell(const std::string& script) const {
    return {.arguments = {"sh", "-c", script}, .working_directory = folder_.path()};
  }
  static std::optional<Ending> wait(SupervisedProcess& process) {
    const auto until = std::chrono::steady_clock::now() + 10s;
    while (std::chrono::steady_clock::now() < until) {
      if (auto ending = process.poll()) return ending;
      std::this_thread::sleep_for(1ms);
    }
    return std::nullopt;
  }
  /// The process id in a file, once the command has written it there by rename.
  pid_t pid_in(const std::string& name) const {
    const auto until = std::chrono::steady_clock::now() + 10s;
    while (std::chrono::steady_clock::now() < until) {
      std::ifstream file(folder_.path() + "/" + name);
      pid_t pid = 0;
      if (file >> pid) return pid;
      std::this_thread::sleep_for(1ms);
    }
    return 0;
  }

  TemporaryDirectory folder_;
};

TEST_F(Supervised, ExitCode_IsThatOfTheCommand) {
  auto process = SupervisedProcess::start(shell("exit 7"));
  ASSERT_TRUE(process.ok());
  EXPECT_EQ(wait(process.value())->exit_code, 7);
}

TEST_F(Supervised, MissingProgramAndSignal_HaveTheCodesOfAShell) {
  auto missing = SupervisedProcess::start(
      {.arguments = {"no-such-program-anywhere"}, .working_directory = folder_.path()});
  EXPECT_EQ(wait(missing.value())->exit_code, 127);
  auto killed = SupervisedProcess::start(shell("kill -9 $$"));
  EXPECT_EQ(wait(killed.value())->exit_code, 128 + SIGKILL);
}

TEST_F(Supervised, ProcessInASessionOfItsOwn_EndsWithTheCommand) {
  auto process =
      SupervisedProcess::start(shell("setsid sh -c 'echo $$ >new; mv new pid; exec sleep 600' & "
                                     "while [ ! -e pid ]; do sleep 0.01; done"));
  ASSERT_TRUE(process.ok());
  ASSERT_TRUE(wait(process.value()).has_value());
  const pid_t left = pid_in("pid");
  ASSERT_GT(left, 0);
  EXPECT_NE(::kill(left, 0), 0);
}

TEST_F(Supervised, Stop_EndsEverything) {
  auto process =
      SupervisedProcess::start(shell("setsid sleep 600 & echo $! >new; mv new pid; wait"));
  ASSERT_TRUE(process.ok());
  const pid_t left = pid_in("pid");
  process.value().stop();
  EXPECT_TRUE(wait(process.value()).has_value());
  EXPECT_NE(::kill(left, 0), 0);
}

TEST_F(Supervised, VariablesAreAddedAndRemoved) {
  ::setenv("CAPSIZE_TEST_REMOVED", "1", 1);
  SupervisedCommand command =
      shell("[ -z \"$CAPSIZE_TEST_REMOVED\" ] && [ \"$CAPSIZE_TEST_ADDED\" = 'a=b' ]");
  command.environment = {"CAPSIZE_TEST_ADDED=a=b"};
  command.removed_variables = {"CAPSIZE_TEST_REMOVED"};
  auto process = SupervisedProcess::start(command);
  EXPECT_EQ(wait(process.value())->exit_code, 0);
  ::unsetenv("CAPSIZE_TEST_REMOVED");
}

TEST_F(Supervised, HeldLock_IsFreeOnlyAfterTheCommandHasEnded) {
  const std::string path = folder_.path() + "/lock";
  const int held = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  ASSERT_EQ(::flock(held, LOCK_EX | LOCK_NB), 0);
  SupervisedCommand command = shell("echo $$ >new; mv new pid; exec sleep 600");
  command.held_descriptor = held;
  auto process = SupervisedProcess::start(command);
  ASSERT_GT(pid_in("pid"), 0);
  ::close(held);  // as the death of this process would
  const int other = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  EXPECT_NE(::flock(other, LOCK_EX | LOCK_NB), 0);
  process.value().stop();
  ASSERT_TRUE(wait(process.value()).has_value());
  EXPECT_EQ(::flock(other, LOCK_EX | LOCK_NB), 0);
  ::close(other);
}

}  // namespace
}  // namespace capsize::harness

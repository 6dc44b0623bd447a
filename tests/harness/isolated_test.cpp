// Work in a child process: its result, and what remains of it after a crash.
#include "harness/cli/isolated.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <stdexcept>

namespace capsize::harness {
namespace {

using checker::Verdict;

// The default action, not a sanitizer's handler.
[[noreturn]] void crash() {
  std::signal(SIGSEGV, SIG_DFL);
  std::raise(SIGSEGV);
  std::abort();
}

TEST(Isolated, Result_OfAnySize_IsReturned) {
  const std::string large(3 << 20, 'x');
  for (const std::string& wanted : {std::string(), std::string("a\0b", 3), large}) {
    const IsolatedEnd end = run_isolated([&](const Announce&) { return wanted; });
    ASSERT_TRUE(end.result);
    EXPECT_TRUE(*end.result == wanted);
    EXPECT_FALSE(end.announced);
  }
}

TEST(Isolated, Crash_KeepsTheAnnouncedVerdict) {
  const IsolatedEnd end = run_isolated([](const Announce& announce) -> std::string {
    announce(Verdict::kInvalid);
    crash();
  });
  EXPECT_FALSE(end.result);
  EXPECT_EQ(end.announced, Verdict::kInvalid);
  EXPECT_EQ(end.cause, "signal 11");
}

TEST(Isolated, CrashBeforeAnyVerdict_LeavesNone) {
  const IsolatedEnd end = run_isolated([](const Announce&) -> std::string { crash(); });
  EXPECT_FALSE(end.result);
  EXPECT_FALSE(end.announced);
  EXPECT_EQ(end.cause, "signal 11");
}

TEST(Isolated, ChildThatExits_CountsAsACrash) {
  const IsolatedEnd end = run_isolated([](const Announce& announce) -> std::string {
    announce(Verdict::kInvalid);
    ::_exit(23);
  });
  EXPECT_FALSE(end.result);
  EXPECT_EQ(end.cause, "exit code 23");
}

TEST(IsolatedDeath, SignalOfTheUser_EndsTheParentAsWell) {
  for (const int signal : {SIGINT, SIGTERM}) {
    EXPECT_EXIT(
        {
          std::ignore = run_isolated([&](const Announce&) -> std::string {
            std::raise(signal);
            return "";
          });
          std::_Exit(0);
        },
        ::testing::KilledBySignal(signal), "");
  }
}

TEST(Isolated, Child_DoesNotOutliveItsParent) {
  int alive[2];
  ASSERT_EQ(::pipe(alive), 0);
  const pid_t parent = ::fork();
  if (parent == 0) {
    ::close(alive[0]);
    std::ignore = run_isolated([&](const Announce&) -> std::string {
      const pid_t itself = ::getpid();
      std::ignore = ::write(alive[1], &itself, sizeof(itself));
      for (;;) ::pause();
    });
    std::_Exit(0);
  }
  ::close(alive[1]);
  pid_t child = 0;
  ASSERT_EQ(::read(alive[0], &child, sizeof(child)), static_cast<ssize_t>(sizeof(child)));
  ::kill(parent, SIGKILL);
  // The pipe ends when the last process that has it open exits.
  char none = 0;
  EXPECT_EQ(::read(alive[0], &none, 1), 0);
  ::close(alive[0]);
}

}  // namespace
}  // namespace capsize::harness

// The crash-point sweep of log_crash_sweep.h, over the log and snapshots.
#include "tests/node/adapters/log_crash_sweep.h"

namespace capsize::storage {
namespace {

class LogCrash : public testing::TestWithParam<Setting> {};
INSTANTIATE_TEST_SUITE_P(Settings, LogCrash, testing::ValuesIn(crash_settings()),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

TEST_P(LogCrash, AtEveryCall_KeepsWhatWasAcknowledged) {
  std::uint64_t points = 0;
  sweep([&](CrashPoint point) {
    bool finished = false;
    EXPECT_EQ(problem_after_crash(GetParam(), point, finished), "") << point.show();
    ++points;
    return finished;
  });
  EXPECT_GT(points, 100U);
}

TEST_P(LogCrash, AtEveryCallOfRecoveryToo_KeepsWhatWasAcknowledged) {
  sweep([&](CrashPoint first) {
    bool first_finished = false;
    sweep([&](CrashPoint second) {
      MemoryFileSystem files;
      files.fail_from(first.call, first.after_effect);
      const Progress progress = run_incarnation(files, GetParam());
      first_finished = progress.finished;
      files.crash(first.torn_kept);
      files.fail_from(second.call, second.after_effect);
      const bool done = run_incarnation(files, {"", {}, GetParam().options}).finished;
      files.crash(second.torn_kept);
      EXPECT_EQ(problem_after_recovery(files, GetParam(), progress), "")
          << first.show() << ", then " << second.show();
      return done;
    });
    return first_finished;
  });
}

TEST_P(LogCrash, AfterAKilledProcessWasRecovered_KeepsWhatWasRecovered) {
  // The process crashed, the machine did not: unsynced bytes are still read and acted upon, so a
  // later power loss must not lose them.
  sweep([&](CrashPoint point) {
    MemoryFileSystem files;
    files.fail_from(point.call, point.after_effect);
    const Progress progress = run_incarnation(files, GetParam());
    files.kill();
    std::string recovered;
    (void)next_incarnation(files, kDirectory);
    {
      auto opened = std::get<Log::Opened>(Log::open(files, kDirectory, GetParam().options));
      opened.log->add(batch(9, hard_state(99, 1), {}));
      EXPECT_TRUE(opened.log->sync());
      opened.recovered.hard_state = hard_state(99, 1);
      recovered = show(opened.recovered);
    }
    files.crash(0);
    auto again = Log::open(files, kDirectory, GetParam().options);
    EXPECT_EQ(show(std::get<Log::Opened>(again).recovered), recovered) << point.show();
    return progress.finished;
  });
}

TEST(Incarnation, DamagedFile_IsRefused) {
  MemoryFileSystem files;
  ASSERT_EQ(std::get<std::uint64_t>(next_incarnation(files, kDirectory)), 1U);
  ASSERT_EQ(std::get<std::uint64_t>(next_incarnation(files, kDirectory)), 2U);
  const std::string good = files.content("d/incarnation");
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string damaged = good;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    files.content("d/incarnation") = damaged;
    EXPECT_TRUE(std::holds_alternative<CorruptLog>(next_incarnation(files, kDirectory))) << i;
    files.content("d/incarnation") = good.substr(0, i);
    EXPECT_TRUE(std::holds_alternative<CorruptLog>(next_incarnation(files, kDirectory))) << i;
  }
}

}  // namespace
}  // namespace capsize::storage

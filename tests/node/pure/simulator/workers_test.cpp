// Seeds in forked processes: each is reported once, whatever happens to the process that runs it.
#include "node/simulator/workers.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>
#include <set>

namespace capsize::simulator {
namespace {

struct Recorded : WorkerEvents {
  void finished(const SeedSummary& summary) override {
    EXPECT_TRUE(seeds.insert(summary.seed).second) << summary.seed << " was reported twice";
    steps += summary.steps;
  }
  void died(std::uint64_t seed, int wait_status) override { deaths[seed] = wait_status; }
  bool should_continue() override { return seeds.size() < stop_at; }

  std::set<std::uint64_t> seeds;
  std::uint64_t steps = 0;
  std::map<std::uint64_t, int> deaths;
  std::size_t stop_at = 1'000'000;
};

SeedSummary squared(std::uint64_t seed) {
  return {.seed = seed, .steps = seed * seed};
}

TEST(Workers, EverySeed_IsReportedOnce) {
  for (const unsigned jobs : {1U, 2U, 5U, 200U}) {
    Recorded events;
    ASSERT_TRUE(run_workers({10, 109, jobs}, squared, events));
    EXPECT_EQ(events.seeds.size(), 100U) << jobs;
    EXPECT_EQ(events.steps, 437'350U) << jobs;
  }
}

TEST(Workers, ProcessThatDies_IsReportedWithItsSeedAndTheRestIsRun) {
  Recorded events;
  const auto simulate = [](std::uint64_t seed) {
    if (seed == 4) ::_exit(70);
    if (seed == 9) ::abort();
    return squared(seed);
  };
  ASSERT_TRUE(run_workers({1, 20, 3}, simulate, events));
  EXPECT_EQ(events.seeds.size(), 18U);
  ASSERT_EQ(events.deaths.size(), 2U);
  EXPECT_EQ(WEXITSTATUS(events.deaths.at(4)), 70);
  EXPECT_EQ(WTERMSIG(events.deaths.at(9)), SIGABRT);
}

TEST(Workers, Stopped_LeavesNoProcess) {
  Recorded events;
  events.stop_at = 5;
  ASSERT_TRUE(run_workers({1, 1'000'000'000, 2}, squared, events));
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a child process is left";
}

}  // namespace
}  // namespace capsize::simulator

// Seeds on forked processes: each is told once, whatever becomes of the process that runs it.
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
    EXPECT_TRUE(seeds.insert(summary.seed).second) << summary.seed << " was told twice";
    steps += summary.steps;
  }
  void died(std::uint64_t seed, int wait_status) override { deaths[seed] = wait_status; }
  bool go_on() override { return seeds.size() < stop_at; }

  std::set<std::uint64_t> seeds;
  std::uint64_t steps = 0;
  std::map<std::uint64_t, int> deaths;
  std::size_t stop_at = 1'000'000;
};

SeedSummary squared(std::uint64_t seed) {
  return {.seed = seed, .steps = seed * seed};
}

TEST(Workers, EverySeed_IsToldOnce) {
  for (const unsigned jobs : {1U, 2U, 5U, 200U}) {
    Recorded told;
    ASSERT_TRUE(run_workers({10, 109, jobs}, squared, told));
    EXPECT_EQ(told.seeds.size(), 100U) << jobs;
    EXPECT_EQ(told.steps, 437'350U) << jobs;
  }
}

TEST(Workers, ProcessThatDies_IsToldWithItsSeedAndTheRestIsDone) {
  Recorded told;
  const auto simulate = [](std::uint64_t seed) {
    if (seed == 4) ::_exit(70);
    if (seed == 9) ::abort();
    return squared(seed);
  };
  ASSERT_TRUE(run_workers({1, 20, 3}, simulate, told));
  EXPECT_EQ(told.seeds.size(), 18U);
  ASSERT_EQ(told.deaths.size(), 2U);
  EXPECT_EQ(WEXITSTATUS(told.deaths.at(4)), 70);
  EXPECT_EQ(WTERMSIG(told.deaths.at(9)), SIGABRT);
}

TEST(Workers, Stopped_LeavesNoProcess) {
  Recorded told;
  told.stop_at = 5;
  ASSERT_TRUE(run_workers({1, 1'000'000'000, 2}, squared, told));
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a child is left";
}

}  // namespace
}  // namespace capsize::simulator

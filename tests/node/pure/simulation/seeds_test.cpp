// Whole clusters over many seeds: invariants after every step; after healing, convergence and
// service. A failure names its seed; CAPSIZE_SIM_FIRST=<seed> CAPSIZE_SIM_SEEDS=1 replays it
// exactly.

#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "node/simulation/run.h"

namespace capsize::simulation {
namespace {

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

std::string report(const RunOptions& options, const RunResult& result) {
  std::string text = "seed " + std::to_string(options.seed) + " (" + result.configuration + ")";
  for (const std::string& problem : result.problems) text += "\n  " + problem;
  constexpr std::size_t kTailBytes = 2000;
  const std::size_t size = result.history.size();
  return text + "\n…" + result.history.substr(size - std::min(size, kTailBytes));
}

TEST(Simulation, ManySeeds_StaySafeAndRecover) {
  const std::uint64_t first = from_environment("CAPSIZE_SIM_FIRST", 1);
  const std::uint64_t seeds = from_environment("CAPSIZE_SIM_SEEDS", 300);
  std::uint64_t ok = 0, info = 0, faults = 0, committed = 0, leaders = 0, steps = 0;
  std::uint64_t snapshots = 0, installs = 0, configurations = 0, transfers = 0;
  base::Duration simulated{};
  for (std::uint64_t seed = first; seed < first + seeds; ++seed) {
    RunOptions options;
    options.seed = seed;
    const RunResult result = run_seed(options);
    EXPECT_TRUE(result.problems.empty()) << report(options, result);
    ok += result.ok;
    info += result.info;
    faults += result.faults;
    committed += result.committed;
    leaders += result.leaders;
    steps += result.steps;
    snapshots += result.snapshots;
    installs += result.installs;
    configurations += result.configurations;
    transfers += result.transfers;
    simulated += result.simulated;
  }
  std::cout << seeds << " seeds, " << simulated / std::chrono::seconds(1) << " simulated seconds, "
            << steps << " steps, " << ok << " ok, " << info << " indeterminate, " << faults
            << " faults, " << leaders << " leaders, " << committed << " entries, " << snapshots
            << " snapshots, " << installs << " of them from another node, " << configurations
            << " configurations appended, " << transfers << " transfers\n";
  // A simulation without faults, elections and snapshots would prove nothing.
  EXPECT_GT(ok, 100 * seeds);
  EXPECT_GT(faults, 5 * seeds);
  EXPECT_GT(leaders, 2 * seeds);
  EXPECT_GT(snapshots, 5 * seeds);
  EXPECT_GT(installs, seeds / 5);
  EXPECT_GE(configurations, 3 * seeds);
  EXPECT_GE(transfers, seeds / 5);
}

TEST(Simulation, SameSeed_ReplaysExactly) {
  RunOptions options;
  options.seed = 4711;
  const RunResult one = run_seed(options);
  const RunResult two = run_seed(options);
  EXPECT_EQ(one.fingerprint, two.fingerprint);
  EXPECT_EQ(one.steps, two.steps);
  EXPECT_EQ(one.history, two.history);
}

}  // namespace
}  // namespace capsize::simulation

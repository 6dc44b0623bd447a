#include "node/simulator/simulator.h"

#include <fmt/core.h>

#include <csignal>
#include <ctime>

#include "base/check.h"
#include "node/simulator/exit_codes.h"
#include "node/simulator/replay.h"
#include "node/simulator/tally.h"

namespace capsize::simulator {
namespace {

volatile std::sig_atomic_t interrupted = 0;
void on_signal(int) {
  interrupted = 1;
}

std::uint64_t processor_time_ns() {
  timespec time{};
  CHECK(::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0, "processor time can be read");
  return static_cast<std::uint64_t>(time.tv_sec) * kNanosecondsPerSecond +
         static_cast<std::uint64_t>(time.tv_nsec);
}

SeedSummary simulate(const Options& options, std::uint64_t seed) {
  const std::uint64_t before = processor_time_ns();
  simulation::RunOptions run = run_options(options, seed);
  run.keep_history = false;
  const simulation::RunResult result = simulation::run_seed(run);
  return {seed,
          result.problems.empty() ? 0U : 1U,
          result.ok,
          result.info,
          result.faults,
          result.leaders,
          result.committed,
          result.steps,
          result.snapshots,
          result.installs,
          static_cast<std::uint64_t>(result.simulated.count()),
          processor_time_ns() - before};
}

int run_many(const Options& options) {
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
  Tally tally(options, [] { return interrupted != 0; });
  const auto status = run_workers(
      {options.first, options.last, options.jobs},
      [&](std::uint64_t seed) { return simulate(options, seed); }, tally);
  if (!status) {
    fmt::print(stderr, "capsize-sim: {}\n", status.error().message);
    return kSimulatorError;
  }
  tally.print_sum();
  if (tally.violations() > 0) return kViolated;
  return interrupted != 0 ? kInterrupted : kHolds;
}

}  // namespace

int run_simulator(std::span<char* const> arguments) {
  const auto parsed = parse_options(arguments);
  if (!parsed) {
    fmt::print(stderr, "capsize-sim: {} (see --help)\n", parsed.error().message);
    return kUsageError;
  }
  if (const auto* print = std::get_if<PrintText>(&parsed.value())) {
    fmt::print("{}", print->text);
    return kHolds;
  }
  const auto& options = std::get<Options>(parsed.value());
  return options.first == options.last ? run_one(options) : run_many(options);
}

}  // namespace capsize::simulator

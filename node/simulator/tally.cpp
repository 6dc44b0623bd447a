#include "node/simulator/tally.h"

#include <fmt/core.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <utility>

#include "node/simulator/simulator.h"

namespace capsize::simulator {
namespace {

// A bug in the core fails on many seeds; a few violations are enough to start from.
constexpr std::size_t kViolationsMax = 10;

/// The command that reproduces one seed.
std::string replay_line(const Options& options, std::uint64_t seed) {
  return fmt::format(
      "{} --seeds {}{}{} --history h.jsonl --trace t.jsonl",
      options.bug.empty() ? "capsize-sim" : "capsize-sim-with-bugs", seed,
      options.bug.empty() ? "" : " --bug " + options.bug,
      options.chaos == Options{}.chaos
          ? ""
          : fmt::format(" --chaos {}ms", options.chaos / std::chrono::milliseconds(1)));
}

}  // namespace

Tally::Tally(const Options& options, std::function<bool()> interrupted)
    : options_(options),
      interrupted_(std::move(interrupted)),
      terminal_(::isatty(STDERR_FILENO) != 0) {}

void Tally::finished(const SeedSummary& summary) {
  ++seeds_;
  sum_.ok += summary.ok;
  sum_.info += summary.info;
  sum_.faults += summary.faults;
  sum_.leaders += summary.leaders;
  sum_.committed += summary.committed;
  sum_.steps += summary.steps;
  sum_.snapshots += summary.snapshots;
  sum_.installs += summary.installs;
  sum_.simulated_ns += summary.simulated_ns;
  sum_.processor_ns += summary.processor_ns;
  if (summary.violated == 0) return;
  // The worker reports numbers only; a seed replays exactly, so run it here for the details.
  std::string text;
  const auto result = simulation::run_seed(run_options(options_, summary.seed));
  for (const std::string& problem : result.problems) text += "\n  " + problem;
  violation(summary.seed, fmt::format("({}){}", result.configuration, text));
}

void Tally::died(std::uint64_t seed, int wait_status) {
  ++seeds_;
  violation(seed, WIFSIGNALED(wait_status)
                      ? fmt::format("ended by signal {}", WTERMSIG(wait_status))
                      : fmt::format("ended with exit code {}", WEXITSTATUS(wait_status)));
}

bool Tally::should_continue() {
  progress();
  return !interrupted_() && violations_ < kViolationsMax;
}

void Tally::print_totals() const {
  clear_line();
  fmt::print(
      "{} seeds, {} simulated seconds, {} steps, {} ok, {} indeterminate, {} faults, {} leaders, "
      "{} entries, {} snapshots, {} of them installed from another node\n",
      seeds_, sum_.simulated_ns / kNanosecondsPerSecond, sum_.steps, sum_.ok, sum_.info,
      sum_.faults, sum_.leaders, sum_.committed, sum_.snapshots, sum_.installs);
  fmt::print("speed: {:.0f} x real time per core (simulated time / processor time)\n", speed());
  fmt::print("{} violation{}\n", violations_, violations_ == 1 ? "" : "s");
}

double Tally::speed() const {
  if (sum_.processor_ns == 0) return 0;
  return static_cast<double>(sum_.simulated_ns) / static_cast<double>(sum_.processor_ns);
}

void Tally::violation(std::uint64_t seed, const std::string& what) {
  ++violations_;
  clear_line();
  fmt::print("seed {} {}\n  reproduce: {}\n", seed, what, replay_line(options_, seed));
  std::fflush(stdout);
}

void Tally::progress() {
  const auto now = std::chrono::steady_clock::now();
  if (now < next_progress_) return;
  next_progress_ = now + (terminal_ ? std::chrono::seconds(1) : std::chrono::seconds(30));
  if (seeds_ == 0) return;
  clear_line();
  fmt::print(stderr, "{} of {} seeds, {} violations, {:.0f} x real time per core{}", seeds_,
             options_.last - options_.first + 1, violations_, speed(), terminal_ ? "" : "\n");
  std::fflush(stderr);
}

void Tally::clear_line() const {
  if (terminal_) fmt::print(stderr, "\r\033[K");
}

}  // namespace capsize::simulator

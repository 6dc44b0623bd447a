// Measures how often the claims of a bisection are right, and how many runs they need: synthetic
// bisections with the search of `capsize bisect` and an oracle in memory (scripts/trials bisect).
//
// Culprit and failure rate are drawn from the seed, the rate from 0.1 to 0.9. For comparison, plain
// bisection that knows the rate: it runs each revision until it fails, and at most as often as
// keeps the chance that any of its steps is wrong below that of a claim.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/command_line.h"
#include "base/prng.h"
#include "harness/bisect/search.h"

namespace capsize::harness {
namespace {

constexpr double kRateMin = 0.1;
constexpr double kRateMax = 0.9;
constexpr std::size_t kBuckets = 4;
constexpr std::size_t kTrialRunsMax = 5000;

struct Trial {
  std::uint64_t bisections = 1000;
  std::uint64_t revisions = 64;
  std::uint64_t seed = 1;
  double confidence = 0.95;
  double build = 0;            // cost of a build, in runs
  double background = 0.001;   // what the search assumes
  double background_true = 0;  // what the oracle does
};

struct Ended {
  double rate = 0;
  bool claimed = false;
  bool right = false;
  std::size_t runs = 0;
  std::size_t builds = 0;
  std::size_t plain_runs = 0;
  bool plain_right = false;
};

/// Whether one run of the revision fails.
bool fails(std::size_t revision, std::size_t culprit, double rate, const Trial& trial,
           base::Prng& chance) {
  return chance.chance(revision >= culprit ? rate : trial.background_true);
}

void bisect_plainly(Ended& ended, std::size_t culprit, const Trial& trial, base::Prng& chance) {
  const double steps = std::ceil(std::log2(static_cast<double>(trial.revisions)));
  const double error = (1 - trial.confidence) / steps;
  const auto runs_max =
      static_cast<std::size_t>(std::ceil(std::log(error) / std::log1p(-ended.rate)));
  std::size_t low = 0;
  std::size_t high = trial.revisions - 1;  // assumed bad, as in the other search
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    bool failed = false;
    for (std::size_t i = 0; i < runs_max && !failed; ++i) {
      failed = fails(middle, culprit, ended.rate, trial, chance);
      ++ended.plain_runs;
    }
    (failed ? high : low) = failed ? middle : middle + 1;
  }
  ended.plain_right = low == culprit;
}

Ended bisect_once(const Trial& trial, std::uint64_t number) {
  auto chance = base::Prng::stream(trial.seed, "bisect-trial", number);
  const std::size_t culprit = chance.below(trial.revisions);
  Ended ended{.rate = kRateMin + (kRateMax - kRateMin) * chance.unit()};
  Search search(trial.revisions, {.background = trial.background, .confidence = trial.confidence});
  const RevisionCosts costs{.run = 1, .build = trial.build};
  while (ended.runs < kTrialRunsMax) {
    const Search::Decision decision = search.decide(search.posterior(), costs);
    if (decision.step != Search::Step::kRun) {
      ended.claimed = decision.step == Search::Step::kClaim;
      ended.right = decision.range.first == culprit && decision.range.last == culprit;
      break;
    }
    if (!search.states()[decision.revision].built) ++ended.builds;
    search.set_built(decision.revision, true);
    search.add(decision.revision, fails(decision.revision, culprit, ended.rate, trial, chance));
    ++ended.runs;
  }
  bisect_plainly(ended, culprit, trial, chance);
  return ended;
}

/// The value that `share` of the numbers do not exceed.
template <class Member>
std::size_t quantile_of(const std::vector<Ended>& all, Member member, double share) {
  std::vector<std::size_t> values;
  for (const Ended& each : all) values.push_back(each.*member);
  std::sort(values.begin(), values.end());
  const auto last = static_cast<double>(values.size() - 1);
  return values[static_cast<std::size_t>(std::llround(share * last))];
}

void print(const std::string& label, const std::vector<Ended>& all) {
  if (all.empty()) return;
  const auto count = [&](auto member) {
    return std::count_if(all.begin(), all.end(), [&](const Ended& each) { return each.*member; });
  };
  const auto claims = count(&Ended::claimed);
  const auto right = std::count_if(all.begin(), all.end(),
                                   [](const Ended& each) { return each.claimed && each.right; });
  fmt::print(
      "{:<12} {:>10} {:>7} {:>7} {:>6.1f} % {:>7} {:>5} {:>7} | {:>7} {:>5} {:>6.1f} %\n", label,
      all.size(), claims, right,
      100.0 * static_cast<double>(right) / static_cast<double>(std::max<long>(claims, 1)),
      quantile_of(all, &Ended::runs, 0.5), quantile_of(all, &Ended::runs, 0.9),
      quantile_of(all, &Ended::builds, 0.5), quantile_of(all, &Ended::plain_runs, 0.5),
      quantile_of(all, &Ended::plain_runs, 0.9),
      100.0 * static_cast<double>(count(&Ended::plain_right)) / static_cast<double>(all.size()));
}

/// Returns whether the claims are right as often as they say.
bool run_trial(const Trial& trial) {
  fmt::print(
      "{} bisections over {} revisions, seed {}; claims at {}; a build costs {} runs; "
      "background: {} assumed, {} true\n",
      trial.bisections, trial.revisions, trial.seed, trial.confidence, trial.build,
      trial.background, trial.background_true);
  fmt::print("{:<12} {:>10} {:>7} {:>7} {:>8} {:>7} {:>5} {:>7} | {}\n", "rate", "bisections",
             "claims", "right", "share", "median", "90 %", "builds",
             "plain, rate known: median, 90 %, right");
  std::vector<Ended> all;
  std::array<std::vector<Ended>, kBuckets> buckets;
  constexpr double kWidth = (kRateMax - kRateMin) / kBuckets;
  for (std::uint64_t i = 0; i < trial.bisections; ++i) {
    all.push_back(bisect_once(trial, i));
    const auto bucket = static_cast<std::size_t>((all.back().rate - kRateMin) / kWidth);
    buckets.at(std::min(bucket, kBuckets - 1)).push_back(all.back());
  }
  for (std::size_t i = 0; i < kBuckets; ++i) {
    const double low = kRateMin + kWidth * static_cast<double>(i);
    print(fmt::format("{:.1f} to {:.1f}", low, low + kWidth), buckets.at(i));
  }
  print("all", all);
  const auto claims = std::count_if(all.begin(), all.end(), [](auto& e) { return e.claimed; });
  const auto right =
      std::count_if(all.begin(), all.end(), [](auto& e) { return e.claimed && e.right; });
  return claims > 0 && static_cast<double>(right) >= trial.confidence * static_cast<double>(claims);
}

int run_program(std::span<char* const> arguments) {
  Trial trial;
  base::CommandLine line("bisect_trial", "Measures synthetic bisections (scripts/trials bisect).");
  line.option("--bisections", trial.bisections, "number").range(1, 1'000'000).show_default();
  line.option("--revisions", trial.revisions, "number").range(2, 4096).show_default();
  line.option("--seed", trial.seed, "seed").show_default();
  line.option("--build", trial.build, "cost of a build, in runs").show_default();
  line.option("--background-true", trial.background_true, "failure rate of good revisions")
      .show_default();
  const auto outcome = line.parse(arguments);
  if (const auto* text = std::get_if<base::CommandLine::Print>(&outcome)) {
    fmt::print("{}", text->text);
    return 0;
  }
  if (const auto* failure = std::get_if<base::CommandLine::Failure>(&outcome)) {
    fmt::print(stderr, "bisect_trial: {}\n", failure->message);
    return 254;
  }
  return run_trial(trial) ? 0 : 1;
}

}  // namespace
}  // namespace capsize::harness

int main(int argc, char** argv) {
  return capsize::harness::run_program({argv, static_cast<std::size_t>(argc)});
}

#include "harness/doctor/load_trial.h"

#include <algorithm>

#include "harness/run/runner.h"

namespace capsize::harness {
namespace {

constexpr double kRates[] = {500, 1000, 2000, 4000};
constexpr base::Duration kStepTime = std::chrono::milliseconds(800);

TrialStep try_rate(double rate, const RunOptions& options) {
  Scenario scenario = default_scenario();
  scenario.name = "doctor";
  scenario.seed = 1;
  scenario.nemesis.clear();
  scenario.rate = rate;
  scenario.time_limit = kStepTime;
  scenario.expect = Expectations{.ok = 1};
  const Outcome outcome = run_scenario(scenario, options);
  TrialStep step{.rate = rate,
                 .lag = std::max(outcome.worst_lag, outcome.worst_lag_after_healing),
                 .interrupted = outcome.interrupted};
  const double seconds = std::chrono::duration<double>(outcome.load_time).count();
  if (seconds > 0) {
    step.reached = static_cast<double>(outcome.statistics.totals().total()) / seconds;
  }
  if (outcome.cause) {
    step.problem = outcome.cause->text;
  } else if (outcome.verdict() != checker::Verdict::kValid) {
    step.problem = "the run is " + std::string(checker::name(outcome.verdict()));
  }
  return step;
}

}  // namespace

bool is_borne(const TrialStep& step) {
  constexpr double kReachedShare = 0.75;
  return step.problem.empty() && !step.interrupted && step.reached >= kReachedShare * step.rate &&
         step.lag < kTrialLagMax;
}

std::optional<double> borne_rate(const std::vector<TrialStep>& steps) {
  std::optional<double> rate;
  for (const auto& step : steps) {
    if (!is_borne(step)) break;
    rate = step.rate;
  }
  return rate;
}

std::vector<TrialStep> try_load(const std::filesystem::path& binaries,
                                const std::filesystem::path& directory) {
  const RunOptions options{.store = directory, .binaries = binaries, .page = false};
  std::vector<TrialStep> steps;
  for (const double rate : kRates) {
    steps.push_back(try_rate(rate, options));
    if (!is_borne(steps.back())) break;
  }
  return steps;
}

}  // namespace capsize::harness

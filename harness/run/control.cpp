#include "harness/run/control.h"

#include <fmt/core.h>

#include "harness/cluster/clock.h"
#include "harness/report/results.h"
#include "harness/store/run_directory.h"

namespace capsize::harness {
namespace {

/// What the run found: an anomaly of the history, or the name of the check that is invalid.
std::string finding(const Outcome& outcome) {
  if (outcome.linearizable && !outcome.linearizable->violations.empty()) {
    return std::string(checker::name(outcome.linearizable->violations.front().anomaly));
  }
  for (const auto& check : outcome.checks) {
    if (check.verdict == checker::Verdict::kInvalid) return check.name;
  }
  return {};
}

void add_miss(Outcome& outcome, const ControlResult& control) {
  std::string verdicts;
  for (const auto& run : control.runs) {
    verdicts += fmt::format("{}seed {} {}", verdicts.empty() ? "" : ", ", run.seed,
                            checker::name(run.verdict));
  }
  // First, because it decides what the others are worth.
  outcome.checks.insert(outcome.checks.begin(),
                        {.name = "control",
                         .verdict = checker::Verdict::kVacuous,
                         .explanation = fmt::format(
                             "the seeded bug {} was not caught in {} runs of this scenario ({})",
                             control.bug, control.runs.size(), verdicts)});
}

}  // namespace

bool run_control(Outcome& outcome, const Scenario& scenario, const std::string& bug,
                 const RunOptions& options) {
  ControlResult control{.bug = bug};
  const auto begin = monotonic_now();
  RunOptions of_control = options;
  of_control.run_directory.clear();
  of_control.move_latest = false;  // the store's newest run remains the one that is controlled
  for (std::uint64_t i = 0; i < kControlRunsMax && !control.caught; ++i) {
    Scenario with_bug = scenario;
    with_bug.name += "-control";
    with_bug.bug = bug;
    with_bug.seed = *scenario.seed + i;
    const Outcome one = run_scenario(with_bug, of_control);
    if (one.interrupted) return false;
    control.runs.push_back(
        {.seed = *with_bug.seed, .verdict = one.verdict(), .directory = one.directory});
    control.caught = one.verdict() == checker::Verdict::kInvalid;
    if (control.caught) control.finding = finding(one);
    if (one.verdict() != checker::Verdict::kHarnessError) continue;
    // The bug was not missed: whether this scenario catches it remains open.
    outcome.fail({one.cause->kind, "control: " + one.cause->text});
    break;
  }
  control.time = monotonic_now() - begin;
  if (!control.caught && !outcome.cause) add_miss(outcome, control);
  outcome.control = std::move(control);
  if (auto failure = store_json(outcome.directory / "results.json", to_json(outcome))) {
    outcome.fail(*std::move(failure));
  }
  return true;
}

}  // namespace capsize::harness

// The complete outcome of one run, from which results.json, the summary and the exit code follow.
#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "checker/core/verdict.h"
#include "checker/properties/property.h"
#include "checker/report/report.h"
#include "harness/behaviour/behaviours.h"
#include "harness/client/load_generator.h"
#include "harness/client/statistics.h"
#include "harness/cluster/process_cluster.h"
#include "harness/judge/coverage.h"
#include "harness/judge/failure.h"
#include "harness/judge/service.h"
#include "harness/process/infrastructure.h"
#include "harness/process/pressure.h"
#include "harness/scenario/plan.h"
#include "harness/scenario/scenario.h"
#include "nemesis/engine/nemesis.h"

namespace capsize::harness {

/// The longest time by which a hanging disk extends the bound of `live`.
inline constexpr base::Duration kLiveExtensionMax = std::chrono::seconds(30);

/// One of the checks of docs/FORMATS.md, Verdicts and exit codes.
struct Check {
  std::string name;
  checker::Verdict verdict = checker::Verdict::kValid;
  std::string explanation;  // empty when valid
  std::string bound;        // the limit it was compared with, if there is one
};

/// The same scenario against a seeded bug (run/control.h).
struct ControlResult {
  struct Run {
    std::uint64_t seed = 0;
    checker::Verdict verdict = checker::Verdict::kHarnessError;
    std::filesystem::path directory;
  };
  std::string bug;
  std::vector<Run> runs;  // until the bug was caught
  bool caught = false;
  std::string finding;    // "stale read", or the check that was invalid
  base::Duration time{};  // of all runs
};

struct Outcome {
  Scenario scenario;
  std::filesystem::path directory;
  std::filesystem::path store;     // as it was given
  std::filesystem::path binaries;  // directory they were started from
  /// Not empty: the run directory that `reproduce` replays, because no scenario describes the
  /// faults of a replayed or interactive run.
  std::filesystem::path replay_of;
  base::Instant start{};  // of the load, by the clock of the traces
  Plan plan;
  std::vector<nemesis::FaultRecord> faults;
  std::vector<ServiceAroundFault> service;  // one for each of `faults`
  Outage longest_outage;                    // within the load
  std::vector<std::string> unreached_phases;
  std::uint64_t operations_under_faults = 0;
  bool interactive = false;  // a program controls the run; no faults are promised
  bool replayed = false;     // the faults of a recorded run, not those of the strategies
  Statistics statistics;
  std::vector<NodeRecovery> recoveries;  // one a node
  std::vector<Crash> crashes;
  std::set<nemesis::Node> stopped_from_outside;
  std::vector<Expectation> expectations;
  std::optional<checker::Report> linearizable;
  std::vector<checker::PropertyReport> invariants;
  std::vector<Check> checks;
  std::vector<Failure> failures;  // the main one first (harness/evidence/signature.h)
  std::uint64_t leader_changes = 0;
  double quiet_rate = 0;
  base::Duration started_in{};                // from the spawn until the last node answers
  std::optional<base::Duration> first_write;  // since the start of the load
  base::Duration load_time{};
  base::Duration verdict_after{};  // from the end of the load
  base::Duration worst_lag{};      // of the harness' own timers
  base::Duration worst_lag_after_healing{};
  base::Duration disk_hung{};  // the machine's own, until everything was healed
  base::Duration disk_hung_after_healing{};
  PressureShares pressure;  // on the machine, during the load
  /// The first failure of the infrastructure; nothing: there was none.
  std::optional<InfrastructureCause> cause;
  std::optional<Behaviours> behaviours;         // nothing: the proxy did not answer
  std::optional<BehaviourNews> behaviour_news;  // nothing: not recorded in the store
  std::optional<ControlResult> control;         // nothing: none was asked for
  std::vector<std::string> further_errors;      // after the first, at most kFurtherErrorsMax
  bool interrupted = false;

  static constexpr std::size_t kFurtherErrorsMax = 10;
  /// Records a failure of the infrastructure. The first is the cause: what follows is often only
  /// its consequence.
  void fail(InfrastructureCause failure) {
    if (!cause) {
      cause = std::move(failure);
    } else if (failure.text != cause->text && further_errors.size() < kFurtherErrorsMax) {
      further_errors.push_back(std::move(failure.text));
    }
  }

  /// Whether the cluster was out of service for longer than the scenario allows, and than the
  /// machine's disk hung.
  [[nodiscard]] bool outage_too_long() const {
    return scenario.outage_bound > base::Duration::zero() &&
           longest_outage.length() > scenario.outage_bound + disk_hung;
  }

  [[nodiscard]] std::size_t faults_installed() const {
    return static_cast<std::size_t>(
        std::count_if(faults.begin(), faults.end(), [](const nemesis::FaultRecord& fault) {
          return fault.state == nemesis::FaultState::kInstalled;
        }));
  }

  /// Invalid if any check is: what clients and nodes recorded is a violation whatever broke later,
  /// so that an overload never hides one. Otherwise a failure of the infrastructure is a harness
  /// error: an unknown or vacuous check then says something about the machine, not about the
  /// cluster. Otherwise the worst of the checks; a run without a single one has shown nothing.
  [[nodiscard]] checker::Verdict verdict() const {
    const bool violated = std::any_of(checks.begin(), checks.end(), [](const Check& check) {
      return check.verdict == checker::Verdict::kInvalid;
    });
    if (violated) return checker::Verdict::kInvalid;
    if (cause) return checker::Verdict::kHarnessError;
    if (checks.empty()) return checker::Verdict::kVacuous;
    checker::Verdict worst = checks.front().verdict;
    for (const auto& check : checks) worst = checker::worst_within_run(worst, check.verdict);
    return worst;
  }
};

}  // namespace capsize::harness

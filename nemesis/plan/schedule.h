// Fault plans and the schedule: the fault specs that a name given to `--nemesis` stands for, and
// their order, times and durations in a run. All of it follows from the seed, without a cluster;
// `capsize plan` prints it.
//
// A fault plan is fixed; the seed shuffles its order. Faults that stop or separate nodes follow one
// another with time to recover between them. Faults that degrade are scheduled independently and
// overlap with those. A quiet time at the start shows that the cluster is healthy without faults;
// one at the end lets it recover before the workload stops.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "nemesis/model/fault.h"
#include "nemesis/plan/strategy.h"

namespace capsize::nemesis {

/// The fault specs of a strategy; or of a kind of fault, whose fault plan is one spec.
struct FaultPlan {
  std::string name;
  std::vector<FaultSpec> specs;  // their planned_by is the name
  /// The user asked for it by name: every run has at least one of its faults, however short it is.
  bool named = false;
};

/// Returns nothing if the name is neither a strategy nor a kind of fault. The plan of a strategy
/// that has only a script is empty.
[[nodiscard]] std::optional<FaultPlan> find_fault_plan(const std::string& name);
/// Returns how many nodes it needs beside the members. Precondition: find_fault_plan() knows it.
[[nodiscard]] std::size_t spares_needed(const std::string& name);
/// Returns every strategy that does not change the membership: what `--nemesis all` stands for.
[[nodiscard]] std::vector<std::string> all_names();
/// Returns the strategies of a run that names none.
[[nodiscard]] std::vector<std::string> default_names();
/// Returns all strategies and kinds, for error messages and help.
[[nodiscard]] std::string known_names();

/// Swarm testing (Groce et al., "Swarm Testing", ISSTA 2012): draws a subset of the fault plans,
/// and of each a subset of its specs. A fault that masks the effect of another is thus absent in
/// some runs. At least two fault plans and one spec of each remain, if there are that many.
[[nodiscard]] std::vector<FaultPlan> draw_swarm(std::vector<FaultPlan> plans, base::Prng& prng);

/// Returns the strategy whose script a run of the mixture consists of; nothing: it has a schedule.
/// Two in five runs, as long as a strategy has such a script.
[[nodiscard]] std::optional<std::string> draw_script(base::Prng& prng);

struct ScheduleOptions {
  base::Duration time_limit{};
  base::Duration lead_in = std::chrono::milliseconds(1000);
  base::Duration tail = std::chrono::milliseconds(1200);
  /// From one stopping or separating fault to the next. The fault plan is repeated or truncated to
  /// fit.
  base::Duration spacing = std::chrono::milliseconds(1150);
  /// How many degrading faults there are for each one that stops or separates.
  double degrading_share = 1.0 / 3;
  std::uint64_t seed = 0;
  /// The longest hold of faults that stop or separate; zero: no limit beside the fault spec's.
  base::Duration hold_max{};
};

/// Runs of at least this length use the times above. Shorter runs scale quiet times, spacing and
/// holds down, so that they still inject several faults.
inline constexpr base::Duration kFullLength = std::chrono::seconds(12);
/// The minimum spacing: an election must fit between two faults.
inline constexpr base::Duration kSpacingMin = std::chrono::milliseconds(600);
/// The maximum number of faults in a schedule, which is built in memory before the run; longer runs
/// get sparser faults.
inline constexpr std::size_t kScheduledMax = 100'000;
/// Returns the options for a run of this length, denser if it is short.
[[nodiscard]] ScheduleOptions options_for(base::Duration time_limit, std::uint64_t seed);

/// Returns a script of one phase with all these faults.
[[nodiscard]] std::unique_ptr<Script> make_script(std::vector<PlannedFault> schedule);

/// Returns the faults sorted by time, with ids from 1. Each fault plan that is `named` contributes
/// at least one. Empty if there is no fault spec, or no time between the quiet periods.
[[nodiscard]] std::vector<PlannedFault> make_schedule(const std::vector<FaultPlan>& plans,
                                                      const ScheduleOptions& options);
/// Varies the options for a swarm run: how dense the faults are, and what share of them degrades.
[[nodiscard]] ScheduleOptions draw_options(ScheduleOptions options, base::Prng& prng);

}  // namespace capsize::nemesis

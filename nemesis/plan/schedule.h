// The fault plan and the schedule: which fault specs a name of `--nemesis` stands for, in which
// order they are dealt, when, and for how long. All of it follows from the seed, without a cluster;
// `capsize plan` prints it.
//
// The fault plan is fixed, its order is not. FaultSpecs that stop or separate nodes are dealt one
// after the other with room to recover; fault specs that degrade the network have a lane of their
// own and lie across them, so that faults overlap. A quiet time at the start shows the cluster
// healthy, one at the end lets it heal within the load.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "nemesis/model/fault.h"
#include "nemesis/plan/strategy.h"

namespace capsize::nemesis {

/// The fault specs that a name stands for. A name is a strategy's, or a kind of fault's, whose
/// fault plan is then that one fault spec.
struct FaultPlan {
  std::string name;
  std::vector<FaultSpec> specs;  // each planned by that name
  /// Asked for by its name: its faults must not be missing in a run, however short that is.
  bool named = false;
};

/// Nothing when it is neither a strategy nor a kind of fault. A strategy that has only a script has
/// an empty fault plan.
[[nodiscard]] std::optional<FaultPlan> find_fault_plan(const std::string& name);
/// Nodes beside the members that it needs. Precondition: find_fault_plan() knows it.
[[nodiscard]] std::size_t spares_of(const std::string& name);
/// Every strategy that leaves the members as they are.
[[nodiscard]] std::vector<std::string> all_names();
/// The strategies of a run that names none.
[[nodiscard]] std::vector<std::string> default_names();
/// For error messages and help.
[[nodiscard]] std::string known_names();

/// Swarm style (Groce et al., "Swarm Testing", ISSTA 2012): of the fault plans and of each fault
/// plan's fault specs a subset, drawn from the seed, so that a fault that hides another's effect is
/// missing in some runs. At least two fault plans, and one fault spec of each, where there are so
/// many.
[[nodiscard]] std::vector<FaultPlan> draw_swarm(std::vector<FaultPlan> plans, base::Prng& prng);

struct ScheduleOptions {
  base::Duration time_limit{};
  base::Duration lead_in = std::chrono::milliseconds(1000);
  base::Duration tail = std::chrono::milliseconds(1200);
  /// From one stopping or separating fault to the next; the fault plan is repeated, or cut short,
  /// to fit.
  base::Duration spacing = std::chrono::milliseconds(1150);
  /// So many degrading faults to one that stops or separates.
  double degrading_share = 1.0 / 3;
  std::uint64_t seed = 0;
  /// The longest hold of what stops or separates; zero: as long as its fault spec says.
  base::Duration hold_max{};
};

/// Runs from this length on have the distances above. Shorter ones have shorter quiet times,
/// distances and holds, so that they are not over before they have tested something.
inline constexpr base::Duration kFullLength = std::chrono::seconds(12);
/// No denser than this: an election must fit between two faults.
inline constexpr base::Duration kSpacingMin = std::chrono::milliseconds(600);
/// A schedule of more faults than this is thinned out: it is made before the run begins.
inline constexpr std::size_t kScheduledMax = 100'000;
/// Denser where time is short.
[[nodiscard]] ScheduleOptions options_for(base::Duration time_limit, std::uint64_t seed);

/// Everything at once: a script of one phase.
[[nodiscard]] std::unique_ptr<Script> script_of(std::vector<PlannedFault> schedule);

/// Sorted by time, ids from 1. Each fault plan that is `named` has at least one fault in it. Empty
/// when there is no fault spec or no time between the quiet ends.
[[nodiscard]] std::vector<PlannedFault> make_schedule(const std::vector<FaultPlan>& plans,
                                                      const ScheduleOptions& options);
/// Other options for each seed: how dense the faults are, how many of them degrade.
[[nodiscard]] ScheduleOptions draw_options(ScheduleOptions options, base::Prng& prng);

}  // namespace capsize::nemesis

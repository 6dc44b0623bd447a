// Checks a plan against the run that it is for, before the run starts: nodes that the cluster does
// not have, targets that need a larger cluster, phases that cannot begin before the run ends. The
// parsers (phases.h, anchor.h) have validated each part by itself. Pure.
//
// An InvalidValue is something that can never happen: the run is refused. A warning is something
// that may be intended but is more likely a mistake.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "nemesis/plan/phases.h"

namespace capsize::nemesis {

/// The run that a plan is for.
struct RunShape {
  std::size_t nodes = 0;
  std::size_t spares = 0;
};

/// Returns the minimum duration of a phase, from its start, if its faults find eligible nodes.
[[nodiscard]] base::Duration shortest_duration(const Phase& phase);
/// Returns the first node, target, link or anchor that is impossible in such a cluster. Its place
/// is relative to the list of phases.
[[nodiscard]] std::optional<InvalidValue> find_impossible(const std::vector<PhasePlan>& phases,
                                                          const RunShape& shape);
/// Returns the first phase or fault that cannot begin before a run of this length ends. Place as
/// above.
[[nodiscard]] std::optional<InvalidValue> find_out_of_time(const std::vector<PhasePlan>& phases,
                                                           base::Duration time_limit);
/// Returns why no fault of this strategy or kind is possible in such a cluster; empty: at least one
/// is, or a script decides. Precondition: find_fault_plan() knows the name.
[[nodiscard]] std::string why_impossible(const std::string& name, const RunShape& shape);
/// Returns the first expected kind that is not registered; "any" stands for all kinds. The place is
/// the kind.
[[nodiscard]] std::optional<InvalidValue> find_unknown_kind(
    const std::map<std::string, std::uint64_t>& expected);

/// Returns one sentence for each hold that outlasts the run and each phase that waits for a
/// trigger, which only a run with --interactive receives.
[[nodiscard]] std::vector<std::string> collect_warnings(const std::vector<PhasePlan>& phases,
                                                        base::Duration time_limit);

}  // namespace capsize::nemesis

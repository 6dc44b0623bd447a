// What cannot happen in a run, found before it begins: a node that does not exist, a target that no
// cluster of this size has, a phase that the run ends before. Each part of a plan is right by
// itself (phases.h, anchor.h); here it is held against the run that it is for. Pure.
//
// What can never happen is a InvalidValue, and the run is refused. What may be meant, and yet is
// more likely a mistake, is a warning.
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

/// How long the phase lasts at least, from its begin on, if its faults find candidates.
[[nodiscard]] base::Duration shortest(const Phase& phase);
/// Nodes, targets, links and anchors. Places are relative to the phases.
[[nodiscard]] std::optional<InvalidValue> impossible_in(const std::vector<PhasePlan>& phases,
                                                        const RunShape& shape);
/// Phases and faults that a run of this length ends before. Places as above.
[[nodiscard]] std::optional<InvalidValue> out_of_time(const std::vector<PhasePlan>& phases,
                                                      base::Duration time_limit);
/// Why no fault of this strategy or kind is possible in such a cluster; empty: some is, or its
/// faults are not known beforehand. Precondition: find_fault_plan() knows the name.
[[nodiscard]] std::string impossible_plan(const std::string& name, const RunShape& shape);
/// Of expected faults the kinds that are not registered; "any" counts all of them. The place is the
/// kind.
[[nodiscard]] std::optional<InvalidValue> unknown_kinds(
    const std::map<std::string, std::uint64_t>& expected);

/// Holds that outlast the run, triggers that only a run with --interactive receives: one sentence
/// each.
[[nodiscard]] std::vector<std::string> warnings(const std::vector<PhasePlan>& phases,
                                                base::Duration time_limit);

}  // namespace capsize::nemesis

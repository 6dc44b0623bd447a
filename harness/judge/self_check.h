// The harness checks itself: what it recorded, what it did to the cluster, and how its checker
// judged, each against a second source. A mistake found here is a harness error: the run then says
// nothing about the cluster.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "checker/check/check.h"
#include "harness/client/statistics.h"
#include "nemesis/engine/nemesis.h"

namespace capsize::harness {

/// Whether the history holds what the clients counted themselves, operation by operation. Returns
/// what is missing; nothing if all is there.
[[nodiscard]] std::optional<std::string> check_recording(const checker::HistoryCounts& recorded,
                                                         const OutcomeCounts& counted);

/// Whether each partition was one: the proxy counts messages that cross a cut, behind all of its
/// decisions. Returns the first fault that leaked.
[[nodiscard]] std::optional<std::string> check_cuts(
    const std::vector<nemesis::FaultRecord>& faults);

/// Whether a verdict `valid` can be replayed: every step of the legal order, by the model alone,
/// without the algorithms that found it (checker/linearization/linearization.h). Returns why not.
/// Precondition: `order` is what check_history() filled in for this history.
[[nodiscard]] std::optional<std::string> check_legal_order(const checker::History& history,
                                                           const checker::Linearization& order);

}  // namespace capsize::harness

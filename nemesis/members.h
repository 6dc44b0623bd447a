// What the faults that change the cluster's members have in common: one of them at a time, and at
// the end the members are again those that the cluster began with.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "nemesis/cluster.h"

namespace capsize::nemesis {

/// The first spare that runs; nothing without one.
[[nodiscard]] std::optional<Node> spare_of(const ClusterView& view);
/// Makes `members` the members, unless another fault has changed them already.
[[nodiscard]] Act change_once(Cluster& cluster, std::vector<Node> members);
/// Makes the members again what they were at the start.
[[nodiscard]] Act change_back(Cluster& cluster);
/// Whether two acts, the change and the way back, left the leader with two configurations.
[[nodiscard]] bool changed_and_back(const nlohmann::json& begin, const nlohmann::json& end);

}  // namespace capsize::nemesis

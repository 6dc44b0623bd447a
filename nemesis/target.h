// Whom a fault is aimed at, decided when it begins: "leader" is whoever leads then.
#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "nemesis/cluster.h"
#include "node/base/prng.h"

namespace capsize::nemesis {

enum class Target { kOne, kMinority, kMajority, kLeader, kFollowers, kAll };

[[nodiscard]] std::string_view name(Target target);
[[nodiscard]] std::optional<Target> parse_target(std::string_view name);

/// The nodes that `target` means now, out of those that `eligible` accepts; sorted, never empty.
/// Nothing when there are not enough of them, or when a leader is asked for and none is known.
/// Minority is the largest one, (n-1)/2; majority the smallest, n/2+1; both drawn at random.
[[nodiscard]] std::optional<std::vector<Node>> resolve(Target target, const ClusterView& view,
                                                       const std::function<bool(Node)>& eligible,
                                                       base::Prng& prng);

}  // namespace capsize::nemesis

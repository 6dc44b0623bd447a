// Which directed links a network fault touches, and what its evidence must show.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "nemesis/cluster.h"

namespace capsize::nemesis {

enum class Direction { kBoth, kInbound, kOutbound };

/// "both" (default), "inbound" (what others send to the nodes), "outbound" (what the nodes send).
[[nodiscard]] Direction direction_of(const nlohmann::json& params);

/// Links between `nodes` and the others, in the given direction as the nodes see it.
[[nodiscard]] std::vector<Link> boundary(const std::vector<Node>& nodes, std::size_t cluster_size,
                                         Direction direction);
/// Every link with an end in `nodes`: the boundary, and the links among them.
[[nodiscard]] std::vector<Link> touching(const std::vector<Node>& nodes, std::size_t cluster_size);

/// A proxy's evidence counts as proof when at least one message was affected.
[[nodiscard]] bool affected(const nlohmann::json& evidence, const char* counter);

}  // namespace capsize::nemesis

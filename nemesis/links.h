// Which directed links a network fault touches, and what its evidence must show.
#pragma once

#include <vector>
#include "base/json.h"

#include "nemesis/cluster.h"
#include "nemesis/fault_kind.h"

namespace capsize::nemesis {

/// Every fault on links has it: both, inbound (what others send to the nodes), outbound (what the
/// nodes send).
extern const Parameter kDirection;

/// Links between the nodes and the others (its peers, where it has some), in its direction.
[[nodiscard]] std::vector<Link> boundary(const Strike& strike, std::size_t cluster_size);
/// The boundary, and the links among the nodes.
[[nodiscard]] std::vector<Link> touching(const Strike& strike, std::size_t cluster_size);

/// A proxy's evidence counts as proof when at least one message was affected.
[[nodiscard]] bool affected(const base::Json& evidence, const char* counter);

}  // namespace capsize::nemesis

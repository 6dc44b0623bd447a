#include "node/replica/forward_memory.h"

#include <algorithm>

namespace capsize::replica {

bool ForwardMemory::is_first(raft::NodeId origin, std::uint64_t incarnation, std::uint64_t id) {
  Seen& seen = origins_[origin];
  if (incarnation < seen.incarnation) return false;
  if (incarnation > seen.incarnation) seen = {incarnation, 0, {}};
  if (id <= seen.floor) return false;
  // Ids ascend, so this appends at the end unless the network has reordered requests.
  const auto place = std::lower_bound(seen.ids.begin(), seen.ids.end(), id);
  if (place != seen.ids.end() && *place == id) return false;
  seen.ids.insert(place, id);
  if (seen.ids.size() > remembered_max_) {
    seen.floor = seen.ids.front();
    seen.ids.pop_front();
  }
  return true;
}

}  // namespace capsize::replica

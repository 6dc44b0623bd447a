#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branch: Raft::Impl::begin_snapshot, node/raft/compaction.cpp.
const BugRegistration kSnapshotOffByOne({
    .name = "snapshot-off-by-one",
    .what = "a snapshot names the entry before its last one as the last that it includes",
    .rule = "a snapshot names the last entry that it includes (paper, section 7)",
    .exposed_by = "restart a node from its snapshot",
    .seen_in = "redisraft 43",
    .topic = Topic::kSnapshots,
    .reports = {"linearizable/duplicate append"},
});

}  // namespace capsize::bugs

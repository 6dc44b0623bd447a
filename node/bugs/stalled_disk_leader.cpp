#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branches: Raft::Impl::tick_leader and replicate, node/raft/replication.cpp.
const BugRegistration kStalledDiskLeader({
    .name = "stalled-disk-leader",
    .what = "a leader whose disk hangs continues to send heartbeats, and no entries, which its "
            "disk must have first",
    .rule = "a leader whose disk hangs steps down (M-67)",
    .exposed_by = "stall the disk of the leader",
    .seen_in = "hashicorp/raft 503 and 614",
    .topic = Topic::kAvailability,
    .reports = {"live"},
});

}  // namespace capsize::bugs

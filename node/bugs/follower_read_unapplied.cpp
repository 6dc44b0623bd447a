#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branch: Raft::Impl::collect_reads, node/raft/reads.cpp.
const BugRegistration kFollowerReadUnapplied({
    .name = "follower-read-unapplied",
    .what = "a node answers a read as soon as it has the read index",
    .rule = "a read waits until the state machine has applied the read index (thesis 6.4, step 4)",
    .exposed_by = "delay the entries to a follower, and read from it",
    .seen_in = "tikv 6340",
    .topic = Topic::kReads,
    .reports = {"linearizable/stale read", "linearizable/stale read or lost write"},
});

}  // namespace capsize::bugs

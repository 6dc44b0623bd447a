#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branch: Raft::Impl::tick_leader, node/raft/replication.cpp.
const BugRegistration kLeaseIgnoresClock({
    .name = "lease-ignores-clock",
    .what =
        "a lease is counted in heartbeats, so that it stands still while the process is stopped",
    .rule = "a lease ends after a time on a clock that never stops (thesis 6.4.1; M-46)",
    .exposed_by = "pause the leader until another is elected, with lease reads",
    .seen_in = "tikv 964",
    .topic = Topic::kReads,
    .core = true,
    .reports = {"linearizable/stale read", "linearizable/stale read or lost write"},
});

}  // namespace capsize::bugs

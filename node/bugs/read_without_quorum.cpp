#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branch: Raft::Impl::confirm_reads, node/raft/reads.cpp.
const BugRegistration kReadWithoutQuorum({
    .name = "read-without-quorum",
    .what = "a leader answers reads alone, without confirming its leadership with a majority",
    .rule = "before a read, exchange heartbeats with a majority (paper section 8, thesis 6.4)",
    .exposed_by = "pause or isolate the leader, write through its successor, read from it",
    .seen_in = "etcd 0.4 and consul (Jepsen, 2014), consul issue 54",
    .topic = Topic::kReads,
    .core = true,
    .reports = {"linearizable/stale read", "linearizable/stale read or lost write"},
});

}  // namespace capsize::bugs

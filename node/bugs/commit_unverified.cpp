#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branch: Raft::Impl::accept_append, node/raft/append_entries.cpp.
const BugRegistration kCommitUnverified({
    .name = "commit-unverified",
    .what = "a follower commits up to the leader's commit index, beyond the last entry that "
            "the request verified",
    .rule = "the commit index rises at most to the last verified entry (paper, Figure 2; M-23)",
    .exposed_by =
        "isolate a leader with uncommitted entries, heal: its successor's first heartbeat "
        "carries a commit index",
    .seen_in = "scylladb 9965, atomix/copycat 265",
    .topic = Topic::kReplication,
    .core = true,
    .reports = {"invariants/state-machine-safety", "linearizable"},
});

}  // namespace capsize::bugs

#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branch: Raft::Impl::advance_commit_as_leader, node/raft/replication.cpp.
const BugRegistration kLeaderCountsUnsynced({
    .name = "leader-counts-unsynced",
    .what = "the leader counts itself for entries that are not on its own disk",
    .rule = "the leader counts for the majority what its own disk holds, like a follower (thesis "
            "10.2.1; M-28)",
    .exposed_by =
        "the leader loses what it had not synced while the follower with the entries is down",
    .seen_in = "etcd 14370, d-engine 447",
    .topic = Topic::kStorage,
    .reports = {"linearizable", "invariants/leader-completeness",
                "invariants/state-machine-safety"},
});

}  // namespace capsize::bugs

#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branch: Raft::Impl::advance_commit_as_leader, node/raft/replication.cpp.
const BugRegistration kCommitPriorTerm({
    .name = "commit-prior-term",
    .what = "a leader commits entries of older terms by counting the replicas that hold them",
    .rule = "only an entry of the leader's own term is committed by counting (paper 5.4.2, "
            "Figure 8; M-20)",
    .exposed_by =
        "the schedule of Figure 8: five nodes, leaders that fail before an entry of their "
        "term commits",
    .seen_in = "logcabin 44, canonical/raft 220, nats-server 7955",
    .topic = Topic::kReplication,
    .core = true,
    .reports = {"invariants/leader-completeness", "invariants/state-machine-safety",
                "linearizable"},
});

}  // namespace capsize::bugs

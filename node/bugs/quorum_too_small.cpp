#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branch: majority(), node/raft/quorum.cpp.
const BugRegistration kQuorumTooSmall({
    .name = "quorum-too-small",
    .what = "every quorum, of votes as of entries, is one voter short of a majority",
    .rule = "any two quorums share a voter (paper 5.2, 5.3)",
    .exposed_by = "split the cluster into a majority and a minority with the leader, and write on "
                  "both sides",
    .seen_in = "async-raft d60f1e85, hashicorp/raft 163a55f",
    .topic = Topic::kReplication,
    .core = true,
    .reports = {"linearizable", "invariants/leader-completeness",
                "invariants/state-machine-safety"},
});

}  // namespace capsize::bugs

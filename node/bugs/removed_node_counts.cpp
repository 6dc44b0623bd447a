#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branches: Raft::Impl::request_votes, node/raft/election.cpp, and VoteTally::result_of,
// quorum.cpp.
const BugRegistration kRemovedNodeCounts({
    .name = "removed-node-counts",
    .what = "a candidate asks removed nodes for votes, and counts them",
    .rule = "only members of the latest configuration vote (paper section 6, thesis 4.2; M-11)",
    .exposed_by = "remove nodes that continue to run, then elections",
    .seen_in = "hashicorp/raft 477",
    .topic = Topic::kMembership,
    .reports = {"invariants/election-safety", "invariants/leader-completeness",
                "invariants/state-machine-safety", "linearizable", "live"},
});

}  // namespace capsize::bugs

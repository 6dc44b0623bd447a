#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branch: Raft::Impl::reset_election_timer, node/raft/election.cpp.
const BugRegistration kNoRandomisedTimeout({
    .name = "no-randomised-timeout",
    .what = "all nodes have the same election timeout",
    .rule = "the election timeout is drawn at random each time (paper 5.2; M-12)",
    .exposed_by = "kill the leader where messages take longer than the nodes are apart",
    .seen_in = "hashicorp/raft 50",
    .topic = Topic::kAvailability,
    .reports = {"live"},
});

}  // namespace capsize::bugs

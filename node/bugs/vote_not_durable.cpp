#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branch: Raft::Impl::on_request_vote, node/raft/election.cpp.
const BugRegistration kVoteNotDurable({
    .name = "vote-not-durable",
    .what = "a vote is sent before it and its term are synced",
    .rule = "term and vote are on disk before the reply is sent (paper, Figure 2; M-01)",
    .exposed_by =
        "a voter that crashes and loses what it had not synced, while two candidates need it",
    .seen_in = "cornerstone 65; braft by default",
    .topic = Topic::kVotes,
    .core = true,
    .reports = {"invariants/election-safety", "linearizable"},
});

}  // namespace capsize::bugs

#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branch: Raft::Impl::on_request_vote, node/raft/election.cpp.
const BugRegistration kVoteManyPerTerm({
    .name = "vote-many-per-term",
    .what = "a follower grants any number of votes in a term",
    .rule = "one vote per term, to the first candidate that asks (paper 5.2)",
    .exposed_by = "two candidates in one term, and a third node that both can reach",
    .seen_in = "akka-raft 47",
    .topic = Topic::kVotes,
    .core = true,
    .reports = {"invariants/election-safety", "linearizable"},
});

}  // namespace capsize::bugs

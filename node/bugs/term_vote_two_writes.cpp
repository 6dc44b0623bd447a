#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branch: Raft::Impl::collect_persist, node/raft/take_ready.cpp.
const BugRegistration kTermVoteTwoWrites({
    .name = "term-vote-two-writes",
    .what = "the term is written first, the vote with the next write; the reply waits for the term "
            "only",
    .rule = "term and vote are written together, before the reply is sent (paper, Figure 2; M-65)",
    .exposed_by = "a voter that is killed after its reply, while two candidates need it",
    .seen_in = "hashicorp/raft 661",
    .topic = Topic::kVotes,
    .reports = {"invariants/election-safety", "linearizable"},
});

}  // namespace capsize::bugs

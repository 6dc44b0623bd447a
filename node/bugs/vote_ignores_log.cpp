#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branch: Raft::Impl::is_qualified, node/raft/election.cpp.
const BugRegistration kVoteIgnoresLog({
    .name = "vote-ignores-log",
    .what = "a node votes for a candidate whose log is less up to date than its own",
    .rule = "votes go only to candidates whose log is at least as up to date (paper 5.4.1)",
    .exposed_by = "a follower that misses entries campaigns",
    .seen_in = "–",
    .topic = Topic::kVotes,
    .core = true,
    .reports = {"invariants/leader-completeness", "invariants/state-machine-safety",
                "linearizable"},
});

}  // namespace capsize::bugs

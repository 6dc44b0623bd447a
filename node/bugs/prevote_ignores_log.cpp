#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branch: Raft::Impl::is_qualified, node/raft/election.cpp.
const BugRegistration kPrevoteIgnoresLog({
    .name = "prevote-ignores-log",
    .what = "a pre-vote is granted to a candidate whose log is less up to date",
    .rule = "a pre-vote is granted under the conditions of a vote (thesis 9.6)",
    .exposed_by = "a follower that misses entries campaigns again and again",
    .seen_in = "NuRaft 134",
    .topic = Topic::kAvailability,
    .reports = {"live"},
});

}  // namespace capsize::bugs

#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branch: Raft::Impl::receive, node/raft/raft.cpp.
const BugRegistration kNoStepDown({
    .name = "no-step-down",
    .what = "a leader ignores higher terms, and takes refusals in them for acknowledgements",
    .rule = "a leader that sees a higher term becomes a follower (paper 5.1)",
    .exposed_by = "pause the leader until another is elected, then read from it",
    .seen_in = "–",
    .topic = Topic::kVotes,
    .core = true,
    .reports = {"linearizable/stale read", "linearizable/stale read or lost write", "live"},
});

}  // namespace capsize::bugs

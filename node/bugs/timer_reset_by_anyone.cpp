#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branch: Raft::Impl::receive, node/raft/raft.cpp.
const BugRegistration kTimerResetByAnyone({
    .name = "timer-reset-by-anyone",
    .what = "any message from a peer resets the election timer",
    .rule = "only AppendEntries of the current leader and a granted vote reset it (paper 5.2)",
    .exposed_by = "kill the leader while a node that cannot win campaigns quickly",
    .seen_in = "–",
    .topic = Topic::kAvailability,
    .reports = {"live"},
});

}  // namespace capsize::bugs

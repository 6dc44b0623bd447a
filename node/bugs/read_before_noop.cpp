#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branch: Raft::Impl::begin_read_round, node/raft/reads.cpp.
const BugRegistration kReadBeforeNoop({
    .name = "read-before-noop",
    .what = "a new leader answers reads before an entry of its own term is committed",
    .rule = "a read waits for an entry of the leader's own term (thesis 6.4, step 1; M-41)",
    .exposed_by = "kill the leader while a follower does not know its last commit, then read",
    .seen_in = "etcd 7331 and 12680, redisraft 19",
    .topic = Topic::kReads,
    .core = true,
    .reports = {"linearizable/stale read", "linearizable/stale read or lost write"},
});

}  // namespace capsize::bugs

#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branches: Raft::Impl::tick_leader, node/raft/replication.cpp, and trusts_a_leader,
// election.cpp.
const BugRegistration kNoCheckQuorum({
    .name = "no-check-quorum",
    .what = "a leader without replies from a majority keeps its role; voters do not protect a live "
            "leader",
    .rule = "a leader without a majority steps down (thesis 6.2); voters ignore candidates while "
            "they hear a leader (thesis 4.2.3)",
    .exposed_by = "one-way partitions of the leader",
    .seen_in = "etcd 8243; Cloudflare, November 2020",
    .topic = Topic::kAvailability,
    .core = true,
    .reports = {"live"},
});

}  // namespace capsize::bugs

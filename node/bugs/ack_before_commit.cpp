#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branch: Replica::Impl::propose, node/replica/requests.cpp.
const BugRegistration kAckBeforeCommit({
    .name = "ack-before-commit",
    .what = "a leader answers a write after its local append, before a majority holds the entry",
    .rule = "a client is answered after its entry is committed and applied (paper 5.3)",
    .exposed_by = "isolate or kill the leader while clients write",
    .seen_in = "lost updates of this class in Redis-Raft (Jepsen, 2020)",
    .topic = Topic::kReplication,
    .core = true,
    .reports = {"linearizable"},
});

}  // namespace capsize::bugs

#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branch: Raft::Impl::receive, node/raft/raft.cpp.
//
// Log matching still holds: the previous entry of a stale request must match as well, and no leader
// overwrites its own entries within its term. What is lost are committed entries.
const BugRegistration kAcceptStaleTerm({
    .name = "accept-stale-term",
    .what = "a node accepts AppendEntries of a term older than its own",
    .rule = "a request with a stale term is refused (paper 5.1, Figure 2)",
    .exposed_by = "hold the messages of the old leader, release them after an election",
    .seen_in = "no known system",
    .topic = Topic::kReplication,
    .core = true,
    .reports = {"invariants/leader-completeness", "invariants/state-machine-safety",
                "linearizable"},
});

}  // namespace capsize::bugs

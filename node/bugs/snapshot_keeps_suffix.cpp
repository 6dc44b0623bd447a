#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branch: RaftLog::install, node/raft/raft_log.cpp.
const BugRegistration kSnapshotKeepsSuffix({
    .name = "snapshot-keeps-suffix",
    .what = "entries after a received snapshot stay although they conflict with it",
    .rule = "without a matching entry at its end a snapshot replaces the whole log (paper, Figure "
            "13, step 7; M-50)",
    .exposed_by = "isolate a leader until the others take a snapshot, then heal",
    .seen_in = "scylladb 9551, hashicorp/raft 697",
    .topic = Topic::kSnapshots,
    .core = true,
    .reports = {"invariants/log-matching"},
});

}  // namespace capsize::bugs

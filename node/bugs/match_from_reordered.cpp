#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branch: Progress::accepted, node/raft/progress.cpp.
const BugRegistration kMatchFromReordered({
    .name = "match-from-reordered",
    .what = "a leader takes every success for the entries that it sent last, not for those "
            "that the reply names",
    .rule = "the match index is what the reply proves, and never falls (paper 5.3; M-24)",
    .exposed_by = "delay and reorder replies to AppendEntries, then lose the newest requests and "
                  "the leader",
    .seen_in = "PySyncObj 166 and 167 (the match index moves with replies out of order), raftos 25",
    .topic = Topic::kReplication,
    .core = true,
    .reports = {"invariants/leader-completeness", "invariants/state-machine-safety",
                "linearizable"},
});

}  // namespace capsize::bugs

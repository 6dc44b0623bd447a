#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branch: Raft::Impl::store, node/raft/append_entries.cpp.
const BugRegistration kKeepConflictingTail({
    .name = "keep-conflicting-tail",
    .what = "a follower overwrites a conflicting entry and keeps the entries after it",
    .rule = "a conflict deletes the entry and all that follow it (paper 5.3, Figure 2; M-22)",
    .exposed_by =
        "isolate a leader with an uncommitted tail, heal: the next leader's first entries "
        "conflict with it",
    .seen_in = "mofa 1150",
    .topic = Topic::kReplication,
    .core = true,
    .reports = {"invariants/log-matching"},
});

}  // namespace capsize::bugs

#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branch: Raft::Impl::store, node/raft/append_entries.cpp.
const BugRegistration kTruncateOnAppend({
    .name = "truncate-on-append",
    .what = "a follower cuts its log where a request's entries begin, although they match",
    .rule = "only an entry that conflicts deletes what follows (paper, Figure 2, "
            "AppendEntries 3; M-21)",
    .exposed_by = "late copies of AppendEntries, then kill the leader",
    .seen_in = "hashicorp/raft 113, redpanda 17731, openraft 9540c904",
    .topic = Topic::kReplication,
    .core = true,
    .reports = {"invariants/leader-completeness", "invariants/state-machine-safety",
                "linearizable"},
});

}  // namespace capsize::bugs

#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branch: Raft::Impl::on_append_entries, node/raft/append_entries.cpp.
const BugRegistration kSkipPrevTermCheck({
    .name = "skip-prev-term-check",
    .what = "a follower accepts entries after a previous entry of another term",
    .rule = "the previous entry must match in index and term (paper 5.3, Figure 2, "
            "AppendEntries 2)",
    .exposed_by = "leader changes while a former leader with uncommitted entries is isolated, then "
                  "heal",
    .seen_in = "no known system",
    .topic = Topic::kReplication,
    .reports = {"invariants/log-matching", "invariants/state-machine-safety",
                "invariants/leader-completeness"},
});

}  // namespace capsize::bugs

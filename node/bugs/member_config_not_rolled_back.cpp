#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branch: Configurations::truncate_from, node/raft/configuration.cpp.
const BugRegistration kMemberConfigNotRolledBack({
    .name = "member-config-not-rolled-back",
    .what = "a configuration stays active after its entry was truncated",
    .rule = "the latest configuration in the log is active, also after a truncation (paper, "
            "section 6; M-72)",
    .exposed_by = "a change at a leader that is cut off; later it leads again",
    .seen_in = "canonical/raft 323",
    .topic = Topic::kMembership,
    .reports = {"linearizable", "invariants/election-safety", "invariants/log-matching",
                "invariants/leader-completeness", "invariants/state-machine-safety"},
});

}  // namespace capsize::bugs

#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branch: Raft::Impl::change_members and advance_change, node/raft/membership.cpp.
const BugRegistration kMemberNoOwnTermCommit({
    .name = "member-no-own-term-commit",
    .what = "a leader begins a membership change, of single nodes and without a joint "
            "configuration, before an entry of its own term is committed",
    .rule = "a change waits until an entry of the own term is committed (Ongaro, raft-dev, July "
            "2015; M-70)",
    .exposed_by = "changes through two leaders, of which neither knows the other one",
    .seen_in = "atomix/copycat 23",
    .topic = Topic::kMembership,
    .core = true,
    .reports = {"linearizable", "invariants/leader-completeness",
                "invariants/state-machine-safety"},
});

}  // namespace capsize::bugs

#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branch: Raft::Impl::change_members and advance_change, node/raft/membership.cpp.
const BugRegistration kMemberTwoInFlight({
    .name = "member-two-in-flight",
    .what = "a leader begins a membership change while another one is in progress, both of single "
            "nodes and without a joint configuration",
    .rule = "one change at a time (thesis 4.1; M-71)",
    .exposed_by = "two changes at a leader that is cut off from the other members",
    .seen_in = "redpanda 17675",
    .topic = Topic::kMembership,
    .reports = {"linearizable", "invariants/leader-completeness",
                "invariants/state-machine-safety"},
});

}  // namespace capsize::bugs

#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branch: Raft::Impl::remove_departed_peers, node/raft/membership.cpp.
const BugRegistration kProgressSurvivesRejoin({
    .name = "progress-survives-rejoin",
    .what = "a leader keeps the progress of a member that was removed, and continues with it when "
            "that node is added again",
    .rule =
        "a node that is added again may have lost its disk in between: its progress begins anew",
    .exposed_by = "remove a node, replace it by an empty one, and add that one in the same term",
    .seen_in = "raft-rs 571",
    .topic = Topic::kMembership,
    .reports = {"live"},
});

}  // namespace capsize::bugs

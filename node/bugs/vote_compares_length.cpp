#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branch: Raft::Impl::is_qualified, node/raft/election.cpp.
const BugRegistration kVoteComparesLength({
    .name = "vote-compares-length",
    .what = "the longer log counts as more up to date, whatever the terms of its last entries",
    .rule =
        "the later last term decides, and the length only if they are equal (paper 5.4.1; M-06)",
    .exposed_by =
        "an isolated leader gathers entries, and campaigns after its successor has committed some",
    .seen_in = "openraft a48a3282",
    .topic = Topic::kVotes,
    .reports = {"invariants/leader-completeness", "invariants/state-machine-safety",
                "linearizable"},
});

}  // namespace capsize::bugs

#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branch: Raft::Impl::offer_leadership, node/raft/election.cpp.
const BugRegistration kLeaseSurvivesTransfer({
    .name = "lease-survives-transfer",
    .what = "a leader keeps its lease while it transfers its leadership",
    .rule = "a transfer ends the lease, since votes for it ignore stickiness (thesis 3.10; M-45)",
    .exposed_by = "transfer leadership and read from the old leader, with lease reads",
    .seen_in = "openraft 1747, raft-rs 234",
    .topic = Topic::kReads,
    .reports = {"linearizable/stale read", "linearizable/stale read or lost write"},
});

}  // namespace capsize::bugs

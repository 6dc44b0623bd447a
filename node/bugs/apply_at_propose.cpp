#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branch: Raft::Impl::take_ready, node/raft/take_ready.cpp.
const BugRegistration kApplyAtPropose({
    .name = "apply-at-propose",
    .what = "a leader applies an entry when it appends it, before it is committed",
    .rule = "only committed entries are applied (paper 5.3)",
    .exposed_by = "isolate the leader while clients write",
    .seen_in = "no known system",
    .topic = Topic::kReplication,
    .reports = {"linearizable", "invariants/state-machine-safety"},
});

}  // namespace capsize::bugs

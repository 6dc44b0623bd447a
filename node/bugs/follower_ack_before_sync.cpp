#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branch: Raft::Impl::send_when_durable, node/raft/take_ready.cpp.
const BugRegistration kFollowerAckBeforeSync({
    .name = "follower-ack-before-sync",
    .what = "a follower acknowledges entries before they are on its disk",
    .rule = "an acknowledgement leaves after the sync that it depends on (paper, Figure 2; M-29)",
    .exposed_by = "all nodes crash at once and lose what was not synced",
    .seen_in = "NATS 2.12.1 (Jepsen, 2025), yugabyte 32875",
    .topic = Topic::kStorage,
    .core = true,
    .reports = {"linearizable", "invariants/leader-completeness",
                "invariants/state-machine-safety"},
});

}  // namespace capsize::bugs

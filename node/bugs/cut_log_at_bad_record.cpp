#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branch: LogReplay::end_of_records, node/storage/log_recovery.cpp.
const BugRegistration kCutLogAtBadRecord({
    .name = "cut-log-at-bad-record",
    .what = "a damaged record in the middle of the log ends it silently",
    .rule = "damage below the mark of what was synced stops the node (Alagappan et al., FAST 2018; "
            "M-62)",
    .exposed_by = "a flipped bit on one node, then an election",
    .seen_in = "nats-server 7549 (Jepsen, 2025)",
    .topic = Topic::kStorage,
    .core = true,
    .reports = {"linearizable", "invariants/leader-completeness",
                "invariants/state-machine-safety"},
});

}  // namespace capsize::bugs

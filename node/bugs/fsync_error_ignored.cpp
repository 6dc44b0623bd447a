#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branch: Log::sync, node/storage/log.cpp.
const BugRegistration kFsyncErrorIgnored({
    .name = "fsync-error-ignored",
    .what = "a node continues after a write or sync of its log has failed",
    .rule = "after a failed sync nothing is known about the log, and the node must end (M-63)",
    .exposed_by = "errors of the disk on the leader, then crashes that lose what was not synced",
    .seen_in = "canonical/raft 320",
    .topic = Topic::kStorage,
    .reports = {"linearizable", "invariants/state-machine-safety"},
});

}  // namespace capsize::bugs

#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branch: SegmentWriter::append, node/storage/segment.cpp.
const BugRegistration kFsyncErrorIgnored({
    .name = "fsync-error-ignored",
    .what = "a node continues after a sync of its log has failed",
    .rule = "after a failed sync nothing is known about the log, and the node must end (M-63)",
    .exposed_by = "failed syncs, then a crash of all nodes",
    .seen_in = "canonical/raft 320",
    .topic = Topic::kStorage,
    .reports = {"linearizable", "invariants/leader-completeness",
                "invariants/state-machine-safety"},
});

}  // namespace capsize::bugs

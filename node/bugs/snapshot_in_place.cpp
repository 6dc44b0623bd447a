#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branch: SnapshotStore::save, node/storage/snapshot_store.cpp.
const BugRegistration kSnapshotInPlace({
    .name = "snapshot-in-place",
    .what = "a snapshot is written over the one before it",
    .rule = "at every moment the old or the new snapshot is complete on disk (paper, section 7)",
    .exposed_by = "a crash while a snapshot is written",
    .seen_in = "verdi-raft 51",
    .topic = Topic::kSnapshots,
    .reports = {"crash"},
});

}  // namespace capsize::bugs

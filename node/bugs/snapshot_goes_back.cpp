#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branch: Raft::Impl::on_install_snapshot, node/raft/compaction.cpp; RaftLog::install.
const BugRegistration kSnapshotGoesBack({
    .name = "snapshot-goes-back",
    .what = "a node installs a snapshot that is older than its commit index",
    .rule = "a snapshot of committed entries that the node has is not installed (paper, Figure 13)",
    .exposed_by = "duplicates of InstallSnapshot that arrive late",
    .seen_in = "NuRaft 407",
    .topic = Topic::kSnapshots,
    .core = true,
    .reports = {"linearizable", "invariants/leader-completeness",
                "invariants/state-machine-safety"},
});

}  // namespace capsize::bugs

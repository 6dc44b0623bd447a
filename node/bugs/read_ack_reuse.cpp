#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branch: Raft::Impl::on_append_entries_reply, node/raft/replication.cpp.
const BugRegistration kReadAckReuse({
    .name = "read-ack-reuse",
    .what = "any reply to AppendEntries confirms every read that waits",
    .rule =
        "only replies to heartbeats sent after a read was requested confirm it (thesis 6.4; M-42)",
    .exposed_by = "delay the replies to the leader, and cut it off from its successor",
    .seen_in = "etcd 20418",
    .topic = Topic::kReads,
    .core = true,
    .reports = {"linearizable/stale read", "linearizable/stale read or lost write"},
});

}  // namespace capsize::bugs

#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branch: read_record, node/storage/log_format.cpp.
const BugRegistration kNoLogChecksum({
    .name = "no-log-checksum",
    .what = "recovery replays the records of the log without verifying their checksums",
    .rule = "a record is valid with its checksum or not at all (M-60)",
    .exposed_by = "a crash in the middle of a write",
    .seen_in = "etcd 5230",
    .topic = Topic::kStorage,
    .core = true,
    .reports = {"invariants/log-matching", "invariants/state-machine-safety", "crash"},
});

}  // namespace capsize::bugs

#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branch: Log::write, node/storage/log.cpp.
const BugRegistration kPurgeBeforeDurable({
    .name = "purge-before-durable",
    .what = "the log is cut at a received snapshot before the snapshot is on disk",
    .rule = "the log is compacted after the snapshot is durable (paper, section 7; M-53)",
    .exposed_by = "a crash while a received snapshot is written",
    .seen_in = "openraft 674e78aa, redisraft 42",
    .topic = Topic::kSnapshots,
    .reports = {"crash"},
});

}  // namespace capsize::bugs

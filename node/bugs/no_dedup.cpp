#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branch: Replica::Impl::execute, node/replica/outcomes.cpp.
const BugRegistration kNoDedup({
    .name = "no-dedup",
    .what = "a command that is retried within its session is executed again",
    .rule = "a session's sequence number is executed at most once (paper section 8, thesis 6.3)",
    .exposed_by = "retry (--retries) while leaders are killed or isolated",
    .seen_in = "duplicate appends of this class in Redis-Raft (Jepsen, 2020)",
    .topic = Topic::kClients,
    .core = true,
    .reports = {"linearizable/duplicate append"},
});

}  // namespace capsize::bugs

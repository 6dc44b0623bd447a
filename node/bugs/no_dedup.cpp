#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branch: Replica::Impl::execute, node/replica/outcomes.cpp.
const BugRegistration kNoDedup({
    .name = "no-dedup",
    .what = "a command that is sent again in its session is carried out again",
    .rule = "a session's sequence number is executed once (paper section 8, thesis 6.3)",
    .exposed_by = "retry (--retries) while leaders are killed or cut off",
    .report = "linearizable: an element appended twice",
    .seen_in = "the class of Redis-Raft's duplicated appends (Jepsen, 2020)",
});

}  // namespace capsize::bugs

#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branch: FrozenState::encode, node/replica/state.cpp.
const BugRegistration kSessionsNotInSnapshot({
    .name = "sessions-not-in-snapshot",
    .what = "snapshots do not contain the sessions of clients",
    .rule = "sessions are replicated state and part of every snapshot (thesis 6.3; M-80)",
    .exposed_by = "restart a node from its snapshot while clients use sessions (--retries)",
    .seen_in = "curvine 676",
    .topic = Topic::kClients,
    .reports = {"linearizable"},
});

}  // namespace capsize::bugs

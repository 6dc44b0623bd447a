#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branch: Replica::Impl::execute, node/replica/outcomes.cpp.
const BugRegistration kNondeterministicApply({
    .name = "nondeterministic-apply",
    .what = "sessions expire by the clock of the node that applies, not by the time in the log",
    .rule = "state machines are deterministic: equal logs give equal states (paper 2; thesis 6.3)",
    .exposed_by = "the clock of one node jumps while clients use sessions, then reads on all nodes",
    .seen_in = "logcabin 445f383",
    .topic = Topic::kClients,
    .reports = {"linearizable"},
});

}  // namespace capsize::bugs

#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branch: Replica::Impl::propose, node/replica/requests.cpp.
const BugRegistration kCasAtPropose({
    .name = "cas-at-propose",
    .what = "a leader judges a compare-and-set by its state when it proposes, and replicates "
            "a plain write",
    .rule = "a command is executed when its entry is applied, in log order (paper section 8)",
    .exposed_by = "concurrent compare-and-sets on one key",
    .seen_in = "no known system",
    .topic = Topic::kClients,
    .reports = {"linearizable"},
});

}  // namespace capsize::bugs

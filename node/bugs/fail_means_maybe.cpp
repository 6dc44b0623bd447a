#include "node/bugs/registry.h"

namespace capsize::bugs {

// The branch: Replica::Impl::expire and observe_leader, node/replica/replica.cpp.
const BugRegistration kFailMeansMaybe({
    .name = "fail-means-maybe",
    .what = "a forwarded request whose leader was lost is answered as a definite failure",
    .rule = "a request that may take effect is indeterminate (node/PROTOCOL.md, Clients)",
    .exposed_by = "kill the leader while followers forward requests to it",
    .seen_in = "redisraft 23",
    .topic = Topic::kClients,
    .reports = {"linearizable"},
});

}  // namespace capsize::bugs

// Bounds how many connections this process accepts, so that it never runs out of descriptors.
//
// libzmq 4.3.4 accepts whatever comes, and where accept(2) fails because descriptors have run out,
// its ipc listener aborts the process. It offers no bound, and its monitor tells of a connection
// when it is there already: at 1,024 descriptors, the usual soft limit, a loop of connects is
// faster. So this file stands between: it defines accept4() and accept(), which the linker prefers
// to the C library's, as programs do with malloc().
//
// A connection whose descriptor would be one of the reserved ones is accepted and closed at once,
// which libzmq takes for a client that was quick to leave. The kernel gives the lowest free
// descriptor, so a low one shows that there is room. Connections that exist are not touched, and as
// soon as some end there is room for others.
//
// The harness raises the limit for the processes that it starts (harness/process/descriptors.h),
// too; here it is raised for a node or a proxy that something else starts.
#pragma once

#include <cstdint>

#include "base/result.h"

namespace capsize::wire {

/// Raises the soft limit of descriptors to the hard one, and from then on accepts no connection
/// beyond what leaves the process room for files and links of its own. Before any thread is
/// started. Error: so few descriptors that nothing would be left for connections.
[[nodiscard]] base::Status limit_connections();
/// Connections closed since then for lack of room. Any thread.
[[nodiscard]] std::uint64_t refused_connections();

}  // namespace capsize::wire

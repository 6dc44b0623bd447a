// Bounds how many connections this process accepts, so that it never runs out of descriptors.
//
// libzmq 4.3.4 accepts every connection, and if accept(2) fails because descriptors have run out,
// its ipc listener aborts the process. It offers no limit, and its monitor reports a connection
// only after it was accepted: with 1,024 descriptors, the usual soft limit, a loop of connects is
// faster. So this file interposes accept4() and accept(): the linker prefers these definitions to
// the C library's, as with replacements of malloc().
//
// A connection whose descriptor would be one of the reserved ones is accepted and closed at once;
// libzmq treats it as a client that disconnected immediately. The kernel assigns the lowest free
// descriptor, so a low number shows that descriptors are available. Existing connections are not
// affected, and as soon as some of them end, new ones are accepted again.
//
// The harness also raises the limit for the processes that it starts
// (harness/process/descriptors.h); this function raises it for a node or proxy that was started by
// something else.
#pragma once

#include <cstdint>

#include "base/result.h"

namespace capsize::wire {

/// Raises the soft limit of descriptors to the hard limit, and from then on reserves descriptors
/// for the process's own files and links: connections beyond the rest are closed. Must be called
/// before any thread is started. Error: so few descriptors that none would be left for connections.
[[nodiscard]] base::Status limit_connections();
/// The number of connections closed for lack of descriptors since then. Any thread.
[[nodiscard]] std::uint64_t refused_connections();

}  // namespace capsize::wire

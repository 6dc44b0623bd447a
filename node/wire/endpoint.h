// Where a socket may listen or connect, and the buffer sizes of a link between two processes of a
// cluster, for nodes and proxy. Endpoints beyond this machine need an explicit flag.
//
// Buffers are small on purpose: what a socket buffers when a cut begins counts as delivered
// (nemesis/proxy/PROTOCOL.md), and a process that resumes after a pause reads stale messages first.
// A sender never waits for a link: messages that do not fit are lost, as on a network.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.h"

namespace capsize::wire {

/// Longest path after `ipc://`: sockaddr_un has 108 bytes, including the terminating zero.
inline constexpr std::size_t kIpcPathMax = 107;

/// Accepts `ipc://…` (a path, or `@name` for Linux' abstract names) and `tcp://HOST:PORT`; HOST
/// must be 127.x.y.z, [::1] or localhost unless `allow_remote`. The error names the endpoint and
/// the rule that it breaks.
[[nodiscard]] base::Status check_endpoint(std::string_view endpoint, bool allow_remote);

/// The number of messages that each end of a link queues.
inline constexpr int kLinkMessagesMax = 256;
/// SO_SNDBUF and SO_RCVBUF. libzmq applies them to TCP only; the proxy sets them on ipc itself.
inline constexpr int kLinkBufferBytes = 32 * 1024;
/// A sender reconnects to a restarted receiver within this time.
inline constexpr int kReconnectMinMs = 10;
inline constexpr int kReconnectMaxMs = 100;

}  // namespace capsize::wire

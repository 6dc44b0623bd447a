// Where a socket may listen or connect, and the shape of a link between two processes of a cluster,
// the same for nodes and proxy. Nothing goes beyond this machine unless a flag says so.
//
// Buffers are small on purpose: what a socket already holds when a cut begins counts as delivered
// (nemesis/proxy/PROTOCOL.md), and what a paused process finds when it goes on is old. A sender
// never waits for a link: what does not fit is lost, as on a network.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.h"

namespace capsize::wire {

/// Bytes of a path after `ipc://`: sockaddr_un holds 108, the closing zero included.
inline constexpr std::size_t kIpcPathMax = 107;

/// Accepts `ipc://…` (a path, or `@name` for Linux' abstract names) and `tcp://HOST:PORT`; HOST
/// must be 127.x.y.z, [::1] or localhost unless `allow_remote`. The error names the endpoint and
/// the rule.
[[nodiscard]] base::Status check_endpoint(std::string_view endpoint, bool allow_remote);

/// Messages that one end of a link queues, in each process.
inline constexpr int kLinkMessagesMax = 256;
/// SO_SNDBUF and SO_RCVBUF. libzmq applies them to TCP only; the proxy sets them on ipc itself.
inline constexpr int kLinkBufferBytes = 32 * 1024;
/// A receiver that comes back is found again within this.
inline constexpr int kReconnectMinMs = 10;
inline constexpr int kReconnectMaxMs = 100;

}  // namespace capsize::wire

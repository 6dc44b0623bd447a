// The shape of a link between two processes of a cluster, the same for nodes and proxy.
//
// Buffers are small on purpose: what a socket already holds when a cut begins counts as delivered
// (nemesis/proxy/PROTOCOL.md), and what a paused process finds when it goes on is old. A sender
// never waits for a link: what does not fit is lost, as on a network.
#pragma once

namespace capsize::wire {

/// Messages that one end of a link queues, in each process.
inline constexpr int kLinkMessagesMax = 256;
/// SO_SNDBUF and SO_RCVBUF. libzmq applies them to TCP only; the proxy sets them on ipc itself.
inline constexpr int kLinkBufferBytes = 32 * 1024;
/// A receiver that comes back is found again within this.
inline constexpr int kReconnectMinMs = 10;
inline constexpr int kReconnectMaxMs = 100;

}  // namespace capsize::wire

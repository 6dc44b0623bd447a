// The traffic between the clients and one node: shared by the client thread, which sends and
// counts, and the main thread, which cuts it and reads the counters.
#pragma once

#include <atomic>
#include <cstdint>

namespace capsize::harness {

struct ClientTraffic {
  /// How often the node's process has ended; clients notice the end of their node by it.
  std::atomic<std::uint64_t> endings{0};
  /// True while the network between clients and this node is cut: the client discards requests
  /// after it has recorded them, and replies before it reads them. The client does this itself,
  /// because a proxy would add a hop to every request.
  std::atomic<bool> cut{false};
  std::atomic<std::uint64_t> requests_lost{0};
  std::atomic<std::uint64_t> replies_lost{0};
  std::atomic<std::uint64_t> acknowledged{0};  // operations that succeeded through this node
  std::atomic<std::uint64_t> writes{0};        // those among them that change something
};

}  // namespace capsize::harness

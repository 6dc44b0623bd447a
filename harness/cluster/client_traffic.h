// What passes between the clients and one node: shared by the client thread, which sends and
// counts, and the main thread, which cuts and looks.
#pragma once

#include <atomic>
#include <cstdint>

namespace capsize::harness {

struct ClientTraffic {
  /// How often the node's process has ended; a client whose node ended learns so from here.
  std::atomic<std::uint64_t> lives{0};
  /// Requests then go nowhere, though the client cannot know, and replies are thrown away: the
  /// network between clients and this node is gone. It is done in the client, behind its last look
  /// at the message, so that nodes keep their own endpoint and the load no further hop.
  std::atomic<bool> cut{false};
  std::atomic<std::uint64_t> requests_lost{0};
  std::atomic<std::uint64_t> replies_lost{0};
  std::atomic<std::uint64_t> acknowledged{0};  // operations that succeeded through this node
  std::atomic<std::uint64_t> writes{0};        // those among them that change something
};

}  // namespace capsize::harness

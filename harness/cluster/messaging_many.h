// Many DEALERs on one thread, for load generators: epoll on their descriptors, so that waiting
// costs O(ready sockets), not O(open sockets).
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "harness/cluster/messaging.h"

namespace capsize::harness {

/// Error: not an endpoint that ZeroMQ can connect to, such as `tcp://127.0.0.1:5555`. Does not test
/// whether a process listens there.
[[nodiscard]] base::Status check_connectable(const std::string& endpoint);

class DealerSet {
 public:
  /// One DEALER, with a connection of its own, for each endpoint given. Each is connectable.
  DealerSet(const Messaging& messaging, const std::vector<std::string>& endpoints);
  ~DealerSet();
  DealerSet(const DealerSet&) = delete;
  DealerSet& operator=(const DealerSet&) = delete;

  /// Returns false if the peer is not connected or its queue is full; the message is then never
  /// sent.
  bool send(std::size_t dealer, std::string_view frame);
  /// Waits for a frame, at most `bound`, then calls `take` for every frame that has arrived. `take`
  /// may send.
  void receive(std::chrono::milliseconds bound,
               const std::function<void(std::size_t dealer, std::string_view frame)>& take);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Round-trip times of `times` frames of `bytes` bytes to a ROUTER on another thread, over the
/// endpoint `bind_to`: a lower bound of a node's latency.
[[nodiscard]] std::vector<base::Duration> measure_round_trips(const std::string& bind_to,
                                                              std::size_t bytes, std::size_t times);

}  // namespace capsize::harness

// Many DEALERs on one thread, for load: epoll on their descriptors, so that waiting costs what is
// ready and not what is open.
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

/// Error: not an endpoint that ZeroMQ can connect to, as `tcp://127.0.0.1:5555` is. Whether anybody
/// listens there does not matter.
[[nodiscard]] base::Status check_connectable(const std::string& endpoint);

class DealerSet {
 public:
  /// One DEALER, with a connection of its own, for each endpoint given. Each is connectable.
  DealerSet(const Messaging& messaging, const std::vector<std::string>& endpoints);
  ~DealerSet();
  DealerSet(const DealerSet&) = delete;
  DealerSet& operator=(const DealerSet&) = delete;

  /// False: not connected, or its queue is full; the message does not exist.
  bool send(std::size_t dealer, std::string_view frame);
  /// Waits until something is there, at most `bound`, and hands over every frame that is. `take`
  /// may send.
  void receive(std::chrono::milliseconds bound,
               const std::function<void(std::size_t dealer, std::string_view frame)>& take);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// How long one frame of `bytes` takes to a ROUTER on another thread and back, `times` times: what
/// no answer of a node can be faster than. Over the endpoint `bind_to`.
[[nodiscard]] std::vector<base::Duration> measure_round_trips(const std::string& bind_to,
                                                              std::size_t bytes, std::size_t times);

}  // namespace capsize::harness

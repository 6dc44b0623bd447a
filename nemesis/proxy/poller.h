// Waits for many descriptors with epoll, so that the cost of a wake-up depends on the ready sockets
// and not on all of them: a proxy of five nodes has 41 sockets, of which one or two are ready.
//
// The descriptor of a ZeroMQ socket (ZMQ_FD) only signals that something may have changed, until a
// read finds nothing. (zmq_poll would query every socket before and after it waits.) So the caller
// reads a socket until it is empty, or calls mark_ready() if it stops earlier.
#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "base/check.h"

namespace capsize::nemesis::proxy {

class Poller {
 public:
  Poller();
  ~Poller();
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  /// Watches `fd` for input; wait() returns `key` for it.
  void watch(int fd, std::size_t key);
  /// Makes the next wait() return the key, without waiting.
  void mark_ready(std::size_t key) { marked_.push_back(key); }
  /// Returns the keys that may be ready, each once; empty after `longest` (nothing: no limit) or on
  /// a signal. Valid until the next call.
  const std::vector<std::size_t>& wait(std::optional<std::chrono::milliseconds> longest);

 private:
  int epoll_;
  std::vector<std::size_t> marked_, ready_;
};

}  // namespace capsize::nemesis::proxy

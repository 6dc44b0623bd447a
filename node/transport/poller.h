// Waits for sockets and file descriptors together, with one poll(2).
//
// A ZeroMQ socket has a descriptor that tells only that something may have changed, and any call on
// the socket may take that in. zmq_poll therefore asks every socket before and after it waits, with
// a system call or two each; that was the larger part of what a node did for a message. Here a
// socket is asked only if its descriptor says so, or if it was not drained: read until nothing was
// there, without a send behind it (frames.h, Router::send).
#pragma once

#include <cstddef>
#include <memory>

#include "base/time.h"
#include "node/transport/context.h"

namespace capsize::transport {

class Poller {
 public:
  Poller();
  ~Poller();
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  /// Return the number to ask ready() for. What is watched outlives the poller's last wait().
  std::size_t watch(const Socket& socket);
  std::size_t watch(int fd);
  /// A switched-off socket is not waited for and never ready: back-pressure.
  void enable(std::size_t watched, bool enabled);
  /// Until something may be readable, but not longer than `longest` (rounded up to milliseconds).
  void wait(base::Duration longest);
  /// A descriptor is; a socket may be. Whoever finds nothing there has drained it.
  [[nodiscard]] bool ready(std::size_t watched) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace capsize::transport

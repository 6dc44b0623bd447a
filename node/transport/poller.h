// Waits for sockets and file descriptors together, with one poll(2).
//
// The descriptor of a ZeroMQ socket signals only that the socket's state may have changed, and any
// call on the socket may consume the signal. zmq_poll therefore queries every socket before and
// after it waits, with one or two system calls each, which was the larger part of a node's cost per
// message. This poller queries a socket only if its descriptor is readable or if the socket is not
// drained, that is, not read until it was empty with no send since (frames.h, Router::send).
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

  /// Returns the number to pass to enable() and ready(). The socket or descriptor must outlive the
  /// last wait().
  std::size_t watch(const Socket& socket);
  std::size_t watch(int fd);
  /// A disabled socket is not waited for and never ready; used for back-pressure.
  void enable(std::size_t watched, bool enabled);
  /// Waits until something may be readable, at most `longest` (rounded up to milliseconds).
  void wait(base::Duration longest);
  /// Whether it may be readable. Exact for a descriptor; a socket may turn out to be empty.
  [[nodiscard]] bool ready(std::size_t watched) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace capsize::transport

// Waits for sockets and file descriptors together.
#pragma once

#include <cstddef>
#include <memory>

#include "node/base/time.h"
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
  /// Until something is readable, but not longer than `longest` (rounded up to milliseconds).
  void wait(base::Duration longest);
  [[nodiscard]] bool ready(std::size_t watched) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace capsize::transport

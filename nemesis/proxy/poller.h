// Waits for many descriptors with epoll, so that a wake-up costs what is ready and not what there
// is: a proxy of five nodes has 41 sockets, of which one or two have something.
//
// The descriptor of a ZeroMQ socket (ZMQ_FD) says only that something may have changed, and goes on
// saying so until a read found nothing. zmq_poll would ask every socket before and after it waits.
// So here a socket is read until nothing is there; whoever stops earlier says so with again().
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

  /// `key` is what wait() returns for it.
  void watch(int fd, std::size_t key);
  /// The key is ready at the next wait(), which does not wait then.
  void again(std::size_t key) { again_.push_back(key); }
  /// Keys of what may be ready, each once; empty after `longest` (nothing: however long it takes),
  /// or when a signal came. Valid until the next call.
  const std::vector<std::size_t>& wait(std::optional<std::chrono::milliseconds> longest);

 private:
  int epoll_;
  std::vector<std::size_t> again_, ready_;
};

}  // namespace capsize::nemesis::proxy

#include "node/transport/poller.h"

#include <zmq.h>

#include <algorithm>
#include <cerrno>
#include <vector>

namespace capsize::transport {

struct Poller::Impl {
  std::vector<zmq_pollitem_t> items;
};

Poller::Poller() : impl_(std::make_unique<Impl>()) {}
Poller::~Poller() = default;

std::size_t Poller::watch(const Socket& socket) {
  impl_->items.push_back({socket.handle(), 0, ZMQ_POLLIN, 0});
  return impl_->items.size() - 1;
}

std::size_t Poller::watch(int fd) {
  impl_->items.push_back({nullptr, fd, ZMQ_POLLIN, 0});
  return impl_->items.size() - 1;
}

void Poller::enable(std::size_t watched, bool enabled) {
  impl_->items.at(watched).events = enabled ? ZMQ_POLLIN : 0;
}

void Poller::wait(base::Duration longest) {
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(longest);
  const long timeout = std::clamp<long>(ms.count(), 0, 60'000);
  const int result = zmq_poll(impl_->items.data(), static_cast<int>(impl_->items.size()), timeout);
  if (result >= 0) return;
  CHECK(zmq_errno() == EINTR, "poll fails only when a signal interrupts it");
  for (auto& item : impl_->items) item.revents = 0;
}

bool Poller::ready(std::size_t watched) const {
  return impl_->items.at(watched).revents != 0;
}

}  // namespace capsize::transport

#include "node/transport/poller.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <vector>

namespace capsize::transport {

struct Poller::Impl {
  struct Watched {
    const Socket* socket;  // null: a descriptor
    int fd;
    bool enabled = true;
    bool ready = false;
  };
  std::vector<Watched> all;
  std::vector<pollfd> items;  // parallel to `all`; poll(2) ignores negative descriptors
};

Poller::Poller() : impl_(std::make_unique<Impl>()) {}
Poller::~Poller() = default;

std::size_t Poller::watch(const Socket& socket) {
  impl_->all.push_back({&socket, socket.event_fd()});
  return impl_->all.size() - 1;
}

std::size_t Poller::watch(int fd) {
  impl_->all.push_back({nullptr, fd});
  return impl_->all.size() - 1;
}

void Poller::enable(std::size_t watched, bool enabled) {
  impl_->all.at(watched).enabled = enabled;
}

void Poller::wait(base::Duration longest) {
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(longest);
  auto timeout = static_cast<int>(std::clamp<std::int64_t>(ms.count(), 0, 60'000));
  impl_->items.clear();
  for (Impl::Watched& watched : impl_->all) {
    watched.ready = watched.enabled && watched.socket != nullptr && !watched.socket->drained();
    if (watched.ready) timeout = 0;
    impl_->items.push_back({watched.enabled ? watched.fd : -1, POLLIN, 0});
  }
  const int result = ::poll(impl_->items.data(), impl_->items.size(), timeout);
  CHECK(result >= 0 || errno == EINTR, "poll fails only when a signal interrupts it");
  if (result <= 0) return;
  for (std::size_t i = 0; i < impl_->items.size(); ++i) {
    if (impl_->items[i].revents != 0) impl_->all[i].ready = true;
  }
}

bool Poller::ready(std::size_t watched) const {
  return impl_->all.at(watched).ready;
}

}  // namespace capsize::transport

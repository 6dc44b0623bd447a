#include "nemesis/proxy/poller.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace capsize::nemesis::proxy {
namespace {

// Events beyond this number are returned by the next call.
constexpr std::size_t kEventsMax = 64;
constexpr std::chrono::milliseconds kWaitMax = std::chrono::hours(1);

}  // namespace

Poller::Poller() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  CHECK(epoll_ >= 0, "a descriptor is left for epoll");
}

Poller::~Poller() {
  ::close(epoll_);
}

void Poller::watch(int fd, std::size_t key) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = key;
  CHECK(::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) == 0, "only open descriptors are watched");
}

const std::vector<std::size_t>& Poller::wait(std::optional<std::chrono::milliseconds> longest) {
  int timeout = longest ? static_cast<int>(std::clamp(*longest, {}, kWaitMax).count()) : -1;
  if (!marked_.empty()) timeout = 0;
  std::array<epoll_event, kEventsMax> events;
  const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), timeout);
  CHECK(count >= 0 || errno == EINTR, "epoll fails only when a signal interrupts it");
  ready_.clear();
  ready_.swap(marked_);
  for (int i = 0; i < count; ++i) {
    const std::size_t key = events[static_cast<std::size_t>(i)].data.u64;
    if (std::find(ready_.begin(), ready_.end(), key) == ready_.end()) ready_.push_back(key);
  }
  return ready_;
}

}  // namespace capsize::nemesis::proxy

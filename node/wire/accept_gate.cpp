#include "node/wire/accept_gate.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <limits>
#include <string>

namespace capsize::wire {
namespace {

// For segments, snapshots, their directory, the trace, and a new link to each peer.
constexpr rlim_t kReserved = 128;
// Required to start: the node's own sockets and files need about 40.
constexpr rlim_t kDescriptorsMin = 64;
// Beyond this number memory runs out first: each connection has buffers.
constexpr rlim_t kDescriptorsUsedMax = 16 * 1024;

// Global, because descriptors belong to the process. Unlimited until limit_connections().
std::atomic<int> descriptor_bound{std::numeric_limits<int>::max()};
std::atomic<std::uint64_t> refused{0};

int accept_if_there_is_room(int listener, sockaddr* address, socklen_t* size, int flags) {
  const auto connection = static_cast<int>(::syscall(SYS_accept4, listener, address, size, flags));
  if (connection < descriptor_bound) return connection;
  ::close(connection);
  ++refused;
  errno = ECONNABORTED;
  return -1;
}

}  // namespace

base::Status limit_connections() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return base::Error{"getrlimit failed"};
  limit.rlim_cur = limit.rlim_max;
  // If raising it is refused (seccomp, rlimit policy), the current soft limit stays.
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) ::getrlimit(RLIMIT_NOFILE, &limit);
  const rlim_t usable = std::min(limit.rlim_cur, kDescriptorsUsedMax);
  if (usable < kDescriptorsMin) {
    return base::Error{"found a limit of " + std::to_string(usable) +
                       " open files (ulimit -n), expected at least " +
                       std::to_string(kDescriptorsMin)};
  }
  descriptor_bound = static_cast<int>(usable - std::min(kReserved, usable / 4));
  return {};
}

std::uint64_t refused_connections() {
  return refused;
}

}  // namespace capsize::wire

extern "C" {

int accept4(int listener, sockaddr* address, socklen_t* size, int flags) {
  return capsize::wire::accept_if_there_is_room(listener, address, size, flags);
}

int accept(int listener, sockaddr* address, socklen_t* size) {
  return capsize::wire::accept_if_there_is_room(listener, address, size, 0);
}

}  // extern "C"

#include "node/transport/context.h"

#include <zmq.h>

#include <cstdint>
#include <utility>

namespace capsize::transport {

Context::Context() : handle_(zmq_ctx_new()) {
  CHECK(handle_ != nullptr, "a ZeroMQ context can be created");
}

Context::~Context() {
  zmq_ctx_term(handle_);
}

Socket::Socket(const Context& context, int type) : handle_(zmq_socket(context.handle(), type)) {
  CHECK(handle_ != nullptr, "a ZeroMQ socket can be created");
  set(ZMQ_LINGER, 0);
}

Socket::Socket(Socket&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)), drained_(other.drained_) {}

Socket& Socket::operator=(Socket&& other) noexcept {
  std::swap(handle_, other.handle_);
  std::swap(drained_, other.drained_);
  return *this;
}

Socket::~Socket() {
  if (handle_ != nullptr) zmq_close(handle_);
}

void Socket::set(int option, int value) {
  CHECK(zmq_setsockopt(handle_, option, &value, sizeof value) == 0, "socket options are valid");
}

int Socket::event_fd() const {
  int fd = -1;
  std::size_t size = sizeof fd;
  CHECK(zmq_getsockopt(handle_, ZMQ_FD, &fd, &size) == 0, "a socket has a descriptor");
  return fd;
}

void Socket::set_frame_bytes_max(std::size_t bytes) {
  const auto value = static_cast<std::int64_t>(bytes);
  CHECK(zmq_setsockopt(handle_, ZMQ_MAXMSGSIZE, &value, sizeof value) == 0,
        "socket options are valid");
}

base::Status Socket::bind(const std::string& endpoint) {
  if (zmq_bind(handle_, endpoint.c_str()) == 0) return {};
  return base::Error{"cannot listen on " + endpoint + ": " + zmq_strerror(zmq_errno())};
}

base::Status Socket::connect(const std::string& endpoint) {
  if (zmq_connect(handle_, endpoint.c_str()) == 0) return {};
  return base::Error{"cannot connect to " + endpoint + ": " + zmq_strerror(zmq_errno())};
}

}  // namespace capsize::transport

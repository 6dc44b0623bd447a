// The ZeroMQ context that all sockets of a node share: one I/O thread. libzmq's headers stay in the
// source files of this folder; sockets show themselves as opaque handles for the Poller.
#pragma once

#include <string>

#include "base/result.h"

namespace capsize::transport {

class Context {
 public:
  Context();
  /// All sockets must be closed by then.
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  [[nodiscard]] void* handle() const { return handle_; }

 private:
  void* handle_;
};

/// Owns one socket; closing discards what was not sent (linger 0).
class Socket {
 public:
  Socket(const Context& context, int type);
  Socket(Socket&& other) noexcept;
  Socket& operator=(Socket&& other) noexcept;
  ~Socket();
  [[nodiscard]] void* handle() const { return handle_; }
  void set(int option, int value);
  /// Readable when the socket may have something new (poller.h).
  [[nodiscard]] int event_fd() const;
  /// Whether nothing was there when somebody last looked, and nothing was sent since.
  [[nodiscard]] bool drained() const { return drained_; }
  void set_drained(bool drained) { drained_ = drained; }
  /// Of each frame that comes in; a sender that exceeds it is disconnected.
  void set_frame_bytes_max(std::size_t bytes);
  /// Error: the endpoint and why nobody can listen there.
  [[nodiscard]] base::Status bind(const std::string& endpoint);
  /// Never fails for an endpoint that check_endpoint (node/wire) accepted; it connects when it can.
  [[nodiscard]] base::Status connect(const std::string& endpoint);

 private:
  void* handle_;
  bool drained_ = false;
};

}  // namespace capsize::transport

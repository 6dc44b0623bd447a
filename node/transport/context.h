// The ZeroMQ context that all sockets of a node share, with one I/O thread. libzmq's headers stay
// in the source files of this folder; sockets expose opaque handles for the Poller.
#pragma once

#include <string>

#include "base/result.h"

namespace capsize::transport {

class Context {
 public:
  Context();
  /// Precondition: all sockets are closed.
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  [[nodiscard]] void* handle() const { return handle_; }

 private:
  void* handle_;
};

/// Owns one socket; closing it discards unsent messages (linger 0).
class Socket {
 public:
  Socket(const Context& context, int type);
  Socket(Socket&& other) noexcept;
  Socket& operator=(Socket&& other) noexcept;
  ~Socket();
  [[nodiscard]] void* handle() const { return handle_; }
  void set(int option, int value);
  /// Readable when the socket's state may have changed (poller.h).
  [[nodiscard]] int event_fd() const;
  /// Whether the last read found no message, and nothing was sent since.
  [[nodiscard]] bool drained() const { return drained_; }
  void set_drained(bool drained) { drained_ = drained; }
  /// Bounds each incoming frame; a sender that exceeds it is disconnected.
  void set_frame_bytes_max(std::size_t bytes);
  /// Error: the endpoint and why binding to it failed.
  [[nodiscard]] base::Status bind(const std::string& endpoint);
  /// Never fails for an endpoint that check_endpoint (node/wire) accepted; libzmq connects in the
  /// background, and retries.
  [[nodiscard]] base::Status connect(const std::string& endpoint);

 private:
  void* handle_;
  bool drained_ = false;
};

}  // namespace capsize::transport

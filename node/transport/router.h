// A bound ROUTER that serves requests of one frame each: the client port and the control port.
//
// Requests are hostile input: frames are bounded, and requests of more or fewer frames are counted
// and skipped. A reply to a disconnected client is dropped silently; a reply to a client that
// leaves too many bytes unread is dropped and counted.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "node/transport/context.h"
#include "node/transport/reply_budget.h"

namespace capsize::transport {

struct Request {
  std::string peer;  // ZeroMQ's routing id of the sender
  std::string body;
};

class Router {
 public:
  Router(const Context& context, std::size_t request_bytes_max);
  [[nodiscard]] base::Status bind(const std::string& endpoint) { return socket_.bind(endpoint); }
  /// nullopt if no request is available. Never blocks.
  [[nodiscard]] std::optional<Request> receive();
  void send(const std::string& peer, std::string reply);
  [[nodiscard]] const Socket& socket() const { return socket_; }
  /// The number of requests that were not one frame.
  [[nodiscard]] std::uint64_t malformed() const { return malformed_; }
  /// The number of replies dropped because too many bytes of earlier ones were unread.
  [[nodiscard]] std::uint64_t dropped_replies() const { return budget_.dropped(); }

 private:
  Socket socket_;
  ReplyBudget budget_;
  std::uint64_t malformed_ = 0;
};

/// A client for `--status` and for tests: sends one question to a Router and returns its answer;
/// nullopt if none arrives within `within`. Blocks.
[[nodiscard]] std::optional<std::string> ask(const std::string& endpoint, std::string_view question,
                                             base::Duration within);

}  // namespace capsize::transport

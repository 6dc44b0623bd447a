// A bound ROUTER that answers requests of one frame each: the client port and the control port.
//
// Requests are hostile input: frames are bounded, requests of more or fewer frames are counted and
// skipped. A reply to a client that is gone is dropped silently, and one to a client that leaves
// too many bytes unread is dropped and counted.
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
  /// Nothing when none waits. Never blocks.
  [[nodiscard]] std::optional<Request> receive();
  void send(const std::string& peer, std::string reply);
  [[nodiscard]] const Socket& socket() const { return socket_; }
  /// Requests that were not one frame.
  [[nodiscard]] std::uint64_t malformed() const { return malformed_; }
  /// Replies that were dropped because too many bytes of earlier ones are unread.
  [[nodiscard]] std::uint64_t dropped_replies() const { return budget_.dropped(); }

 private:
  Socket socket_;
  ReplyBudget budget_;
  std::uint64_t malformed_ = 0;
};

/// The other side: one question to a Router, one answer, for `--status` and for tests. Nothing when
/// no answer came within `within`. Blocks.
[[nodiscard]] std::optional<std::string> ask(const std::string& endpoint, std::string_view question,
                                             base::Duration within);

}  // namespace capsize::transport

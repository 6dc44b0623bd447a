// The client endpoint: decodes requests, stores their senders, and returns the replies.
//
// The node assigns an id to each request, unique within its incarnation; the reply carries the
// client's own id unchanged. A malformed request is counted, and answered (fail, "malformed") if
// its id can be read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "node/replica/replica.h"
#include "node/transport/router.h"

namespace capsize::app {

class ClientPort {
 public:
  explicit ClientPort(const transport::Context& context);
  [[nodiscard]] base::Status bind(const std::string& endpoint) { return router_.bind(endpoint); }
  /// The next well-formed request; nullopt if none is available. Never blocks.
  [[nodiscard]] std::optional<replica::ClientRequest> receive();
  /// Sends the only reply to a request; the client may have disconnected.
  void answer(const replica::ClientReply& reply);
  [[nodiscard]] const transport::Socket& socket() const { return router_.socket(); }
  [[nodiscard]] std::uint64_t dropped_replies() const { return router_.dropped_replies(); }
  [[nodiscard]] std::uint64_t malformed() const { return malformed_ + router_.malformed(); }

 private:
  struct Sender {
    std::string peer;
    std::string id;  // the client's, as JSON text
  };
  transport::Router router_;
  replica::RequestId last_;
  std::unordered_map<replica::RequestId, Sender>
      senders_;  // never iterated, so order is irrelevant
  std::uint64_t malformed_ = 0;
};

}  // namespace capsize::app

// The client endpoint: decodes requests, remembers who asked, sends the answers back.
//
// A request id of ours names each request within this life; the client's own id goes back to it
// unchanged. What does not decode is answered (fail, "malformed") where its id can be read, and
// counted either way.
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
  /// The next well-formed request; nothing when none waits. Never blocks.
  [[nodiscard]] std::optional<replica::ClientRequest> receive();
  /// Each request is answered once; the asker may be gone.
  void answer(const replica::ClientReply& reply);
  [[nodiscard]] const transport::Socket& socket() const { return router_.socket(); }
  [[nodiscard]] std::uint64_t dropped_replies() const { return router_.dropped_replies(); }
  [[nodiscard]] std::uint64_t malformed() const { return malformed_ + router_.malformed(); }

 private:
  struct Asker {
    std::string peer;
    std::string id;  // the client's, as JSON text
  };
  transport::Router router_;
  replica::RequestId last_;
  std::unordered_map<replica::RequestId, Asker> askers_;  // looked up only: order never matters
  std::uint64_t malformed_ = 0;
};

}  // namespace capsize::app

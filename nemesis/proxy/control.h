// Executes the proxy's control requests: JSON in, JSON out, no socket (PROTOCOL.md lists the
// operations).
//
// Input is bounded and strict: a request with an unknown operation, key, type, link or action
// changes nothing and gets {"ok":false,"error":…}.
#pragma once

#include <string>
#include <string_view>

#include "nemesis/proxy/switchboard.h"
#include "node/wire/control_secret.h"

namespace capsize::nemesis::proxy {

inline constexpr std::size_t kControlBytesMax = std::size_t{256} * 1024;

class Control {
 public:
  explicit Control(Switchboard& board, wire::ControlSecret secret = {})
      : board_(board), secret_(std::move(secret)) {}
  /// Executes the request and returns the reply. `now`: the true monotonic clock, read just before.
  [[nodiscard]] std::string handle(std::string_view request, base::Instant now);

 private:
  Switchboard& board_;
  wire::ControlSecret secret_;
};

}  // namespace capsize::nemesis::proxy

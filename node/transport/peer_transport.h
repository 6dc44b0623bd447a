// Messages to and from the other nodes: a PUSH to each of them, one PULL for all.
//
// It promises what a network promises: a message arrives whole or not at all, perhaps late, perhaps
// twice, in any order. Sending never blocks: what a socket does not take at once is lost and
// counted. Frames that are not for this node and run are counted by cause and dropped.
//
// A restarted node has a new incarnation and starts its sequence numbers from 1 again.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/time.h"
#include "node/replica/replica.h"
#include "node/transport/context.h"
#include "node/wire/header.h"

namespace capsize::transport {

struct PeerSettings {
  std::uint64_t run_id = 0;
  raft::NodeId self;
  std::uint64_t incarnation = 0;
  std::string listen;
  std::map<raft::NodeId, std::string> peers;  // without `self`
};

class PeerTransport {
 public:
  /// Error: the endpoint and what is wrong with it.
  [[nodiscard]] static base::Result<std::unique_ptr<PeerTransport>> open(const Context& context,
                                                                         PeerSettings settings);

  /// `true_now`: the true monotonic clock, for the header. A receiver without an endpoint is
  /// counted: a configuration may name nodes that this process has no endpoint of.
  void send(const replica::PeerMessage& message, base::Instant true_now);
  /// The next message for this node; nothing when none waits. Never blocks.
  [[nodiscard]] std::optional<replica::PeerMessage> receive();
  [[nodiscard]] const Socket& socket() const { return in_; }

  /// Frames dropped so far, by cause; causes that never occurred are left out.
  [[nodiscard]] std::map<std::string, std::uint64_t> dropped() const;

 private:
  struct Link {
    Socket out;
    std::uint64_t sequence = 0;
  };
  PeerTransport(const Context& context, PeerSettings settings);
  [[nodiscard]] base::Status connect(const Context& context);
  std::optional<replica::PeerMessage> decode(std::string_view header, std::string_view payload);

  PeerSettings settings_;
  Socket in_;
  std::map<raft::NodeId, Link> links_;
  std::string scratch_;  // of the payload that is being encoded
  std::uint64_t header_errors_[wire::kHeaderErrorCount] = {};
  std::uint64_t wrong_frames_ = 0;
  std::uint64_t wrong_payloads_ = 0;
  std::uint64_t unknown_senders_ = 0;
  std::uint64_t unknown_receivers_ = 0;
  std::uint64_t unsent_ = 0;
};

}  // namespace capsize::transport

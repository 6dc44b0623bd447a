// Messages to and from the other nodes: one PUSH socket per peer, and one PULL socket for all.
//
// The guarantees are those of a network: a message arrives complete or not at all, possibly late,
// duplicated or out of order. Sending never blocks: a message that the socket does not accept at
// once is lost and counted. Frames for another node or run are counted by cause and dropped.
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

  /// `true_now`: the true monotonic clock, for the header. A message to a node without an endpoint
  /// is dropped and counted: a configuration may name nodes whose endpoint this process lacks.
  void send(const replica::PeerMessage& message, base::Instant true_now);
  /// The next message for this node; nullopt if none is available. Never blocks.
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
  std::string scratch_;  // buffer for the payload that is being encoded
  std::uint64_t header_errors_[wire::kHeaderErrorCount] = {};
  std::uint64_t wrong_frames_ = 0;
  std::uint64_t wrong_payloads_ = 0;
  std::uint64_t unknown_senders_ = 0;
  std::uint64_t unknown_receivers_ = 0;
  std::uint64_t unsent_ = 0;
};

}  // namespace capsize::transport

#include "node/transport/peer_transport.h"

#include <zmq.h>

#include <zmq.hpp>

#include "node/codec/peer_codec.h"
#include "node/transport/frames.h"
#include "node/wire/endpoint.h"

namespace capsize::transport {
namespace {

// Above this size, moving the buffer to libzmq is cheaper than copying it.
constexpr std::size_t kCopiedBytesMax = std::size_t{8} * 1024;
// At most this many bad frames are skipped in one call, so that a flood of them does not starve the
// node's other work.
constexpr int kSkippedMax = 64;

void set_link_options(Socket& socket) {
  socket.set(ZMQ_SNDHWM, wire::kLinkMessagesMax);
  socket.set(ZMQ_RCVHWM, wire::kLinkMessagesMax);
  socket.set(ZMQ_SNDBUF, wire::kLinkBufferBytes);
  socket.set(ZMQ_RCVBUF, wire::kLinkBufferBytes);
  socket.set(ZMQ_RECONNECT_IVL, wire::kReconnectMinMs);
  socket.set(ZMQ_RECONNECT_IVL_MAX, wire::kReconnectMaxMs);
  socket.set_frame_bytes_max(wire::kPayloadBytesMax);
}

void free_string(void*, void* owner) {
  delete static_cast<std::string*>(owner);
}

zmq::message_t to_frame(std::string& bytes) {
  if (bytes.size() <= kCopiedBytesMax) return {bytes.data(), bytes.size()};
  auto owner = std::make_unique<std::string>(std::move(bytes));
  bytes.clear();
  zmq::message_t frame(owner->data(), owner->size(), free_string, owner.get());
  (void)owner.release();  // owned by the frame now
  return frame;
}

std::string_view view(const zmq::message_t& frame) {
  return {frame.data<char>(), frame.size()};
}

/// By itself libzmq checks at most once a millisecond whether the receiver has freed space, and
/// refuses a whole burst in the meantime. Querying ZMQ_EVENTS makes it check now.
bool begin_message(void* socket, const wire::HeaderFrame& frame) {
  const int flags = ZMQ_SNDMORE | ZMQ_DONTWAIT;
  if (zmq_send(socket, frame.data(), frame.size(), flags) >= 0) return true;
  int events = 0;
  std::size_t size = sizeof events;
  CHECK(zmq_getsockopt(socket, ZMQ_EVENTS, &events, &size) == 0, "a socket's events can be read");
  return (events & ZMQ_POLLOUT) != 0 && zmq_send(socket, frame.data(), frame.size(), flags) >= 0;
}

}  // namespace

PeerTransport::PeerTransport(const Context& context, PeerSettings settings)
    : settings_(std::move(settings)), in_(context, ZMQ_PULL) {
  set_link_options(in_);
}

base::Result<std::unique_ptr<PeerTransport>> PeerTransport::open(const Context& context,
                                                                 PeerSettings settings) {
  std::unique_ptr<PeerTransport> transport(new PeerTransport(context, std::move(settings)));
  if (const auto status = transport->in_.bind(transport->settings_.listen); !status) {
    return status.error();
  }
  if (const auto status = transport->connect(context); !status) return status.error();
  return transport;
}

base::Status PeerTransport::connect(const Context& context) {
  for (const auto& [peer, endpoint] : settings_.peers) {
    CHECK(peer != settings_.self, "a node is not its own peer");
    Socket out(context, ZMQ_PUSH);
    set_link_options(out);
    out.set(ZMQ_IMMEDIATE,
            1);  // queue only for a connected peer, so that no stale messages collect
    if (auto status = out.connect(endpoint); !status) return status;
    links_.emplace(peer, Link{std::move(out)});
  }
  return {};
}

void PeerTransport::send(const replica::PeerMessage& message, base::Instant true_now) {
  const auto found = links_.find(message.to);
  if (found == links_.end()) {
    ++unknown_receivers_;
    return;
  }
  Link& link = found->second;
  const codec::Described described = codec::describe(message);
  wire::Header header;
  header.type = described.type;
  header.run_id = settings_.run_id;
  header.from = settings_.self.value();
  header.to = message.to.value();
  header.incarnation = settings_.incarnation;
  header.sequence = ++link.sequence;
  header.sent_ns = true_now.time_since_epoch().count();
  header.term = message.term.value();
  header.index = described.index;
  scratch_.clear();
  codec::encode_payload(message, scratch_);
  const wire::HeaderFrame frame = wire::encode(header, scratch_);
  if (!begin_message(link.out.handle(), frame)) {
    ++unsent_;
    return;
  }
  zmq::message_t payload = to_frame(scratch_);
  if (zmq_msg_send(payload.handle(), link.out.handle(), ZMQ_DONTWAIT) < 0) ++unsent_;
}

std::optional<replica::PeerMessage> PeerTransport::receive() {
  zmq::message_t header, payload;
  for (int skipped = 0; skipped < kSkippedMax; ++skipped) {
    if (!receive_frame(in_, header)) return std::nullopt;
    if (header.more() && receive_frame(in_, payload) && !payload.more()) {
      auto message = decode(view(header), view(payload));
      if (message) return message;
      continue;
    }
    ++wrong_frames_;
    for (bool more = header.more(); more; more = payload.more()) {
      if (!receive_frame(in_, payload)) break;
    }
  }
  return std::nullopt;
}

std::optional<replica::PeerMessage> PeerTransport::decode(std::string_view header,
                                                          std::string_view payload) {
  const auto decoded =
      wire::decode(header, payload, {settings_.run_id, settings_.self.value(), /*from=*/0});
  if (const auto* error = std::get_if<wire::HeaderError>(&decoded)) {
    ++header_errors_[static_cast<std::size_t>(*error)];
    return std::nullopt;
  }
  const auto& good = std::get<wire::Header>(decoded);
  if (!links_.contains(raft::NodeId(good.from))) {
    ++unknown_senders_;
    return std::nullopt;
  }
  auto message = codec::decode_payload(good, payload);
  if (!message) ++wrong_payloads_;
  return message;
}

std::map<std::string, std::uint64_t> PeerTransport::dropped() const {
  std::map<std::string, std::uint64_t> counts;
  for (std::size_t i = 0; i < wire::kHeaderErrorCount; ++i) {
    const auto error = static_cast<wire::HeaderError>(i);
    if (header_errors_[i] > 0) counts[std::string(wire::name(error))] = header_errors_[i];
  }
  if (wrong_frames_ > 0) counts["wrong-frames"] = wrong_frames_;
  if (wrong_payloads_ > 0) counts["wrong-payload"] = wrong_payloads_;
  if (unknown_senders_ > 0) counts["unknown-sender"] = unknown_senders_;
  if (unknown_receivers_ > 0) counts["unknown-receiver"] = unknown_receivers_;
  if (unsent_ > 0) counts["unsent"] = unsent_;
  return counts;
}

}  // namespace capsize::transport

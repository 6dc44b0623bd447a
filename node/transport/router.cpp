#include "node/transport/router.h"

#include <zmq.h>

#include <utility>
#include <zmq.hpp>

#include "node/transport/frames.h"
#include "node/transport/poller.h"

namespace capsize::transport {
namespace {

// Replies that one client may leave unread. Further ones are lost, as if the client had
// disconnected.
constexpr int kRepliesMax = 4096;
// Requests of one client that are read ahead. Further ones wait in the client's own queue.
constexpr int kRequestsMax = 16;
// For replies up to this size the bound in messages suffices: 4 MiB per client. Lending them would
// cost more than copying them.
constexpr std::size_t kSmallReplyBytesMax = 1024;
// Unread bytes of one client, and of all.
constexpr std::uint64_t kClientReplyBytesMax = std::uint64_t{64} * 1024 * 1024;
constexpr std::uint64_t kReplyBytesMax = std::uint64_t{512} * 1024 * 1024;

}  // namespace

Router::Router(const Context& context, std::size_t request_bytes_max)
    : socket_(context, ZMQ_ROUTER), budget_(kClientReplyBytesMax, kReplyBytesMax) {
  socket_.set(ZMQ_SNDHWM, kRepliesMax);
  socket_.set(ZMQ_RCVHWM, kRequestsMax);
  socket_.set_frame_bytes_max(request_bytes_max);
}

std::optional<Request> Router::receive() {
  zmq::message_t peer, body;
  // Bounded by what senders can queue; the poller returns for the rest.
  while (receive_frame(socket_, peer)) {
    const bool one = peer.more() && receive_frame(socket_, body) && !body.more();
    if (one) return Request{peer.to_string(), body.to_string()};
    ++malformed_;
    for (bool more = peer.more(); more; more = body.more()) {
      if (!receive_frame(socket_, body)) break;
    }
  }
  return std::nullopt;
}

void Router::send(const std::string& peer, std::string reply) {
  socket_.set_drained(false);  // sending may have consumed the signal of a new request (poller.h)
  const int more = ZMQ_SNDMORE | ZMQ_DONTWAIT;
  if (reply.size() <= kSmallReplyBytesMax) {
    if (zmq_send(socket_.handle(), peer.data(), peer.size(), more) < 0) return;
    (void)zmq_send(socket_.handle(), reply.data(), reply.size(), ZMQ_DONTWAIT);
    return;
  }
  auto lent = budget_.lend(peer, std::move(reply));
  if (!lent) return;
  zmq::message_t body(lent->bytes.data(), lent->bytes.size(), return_reply, lent.get());
  (void)lent.release();  // owned by the message now, which calls return_reply in all cases
  if (zmq_send(socket_.handle(), peer.data(), peer.size(), more) < 0) return;
  (void)zmq_msg_send(body.handle(), socket_.handle(), ZMQ_DONTWAIT);
}

std::optional<std::string> ask(const std::string& endpoint, std::string_view question,
                               base::Duration within) {
  const Context context;
  Socket socket(context, ZMQ_DEALER);
  if (!socket.connect(endpoint)) return std::nullopt;
  if (zmq_send(socket.handle(), question.data(), question.size(), ZMQ_DONTWAIT) < 0) {
    return std::nullopt;
  }
  Poller poller;
  poller.watch(socket);
  const auto until = std::chrono::steady_clock::now() + within;
  zmq::message_t answer;
  while (!receive_frame(socket, answer)) {
    const base::Duration left = until - std::chrono::steady_clock::now();
    if (left <= base::Duration::zero()) return std::nullopt;
    poller.wait(left);
  }
  return answer.to_string();
}

}  // namespace capsize::transport

#include "node/app/client_port.h"

#include "node/codec/client_codec.h"

namespace capsize::app {
namespace {

// At most this many malformed requests are skipped in one call, so that a flood of them does not
// starve the node's other work.
constexpr int kSkippedMax = 64;

}  // namespace

ClientPort::ClientPort(const transport::Context& context)
    : router_(context, codec::kRequestBytesMax) {}

std::optional<replica::ClientRequest> ClientPort::receive() {
  for (int skipped = 0; skipped < kSkippedMax; ++skipped) {
    auto request = router_.receive();
    if (!request) return std::nullopt;
    auto decoded = codec::decode_request(request->body);
    if (const auto* malformed = std::get_if<codec::MalformedRequest>(&decoded)) {
      ++malformed_;
      if (!malformed->id.empty()) router_.send(request->peer, codec::encode_malformed(*malformed));
      continue;
    }
    auto& good = std::get<codec::DecodedRequest>(decoded);
    ++last_;
    senders_.emplace(last_, Sender{std::move(request->peer), std::move(good.id)});
    return replica::ClientRequest{last_, std::move(good.command)};
  }
  return std::nullopt;
}

void ClientPort::answer(const replica::ClientReply& reply) {
  const auto sender = senders_.find(reply.id);
  CHECK(sender != senders_.end(), "a client request is answered once");
  router_.send(sender->second.peer,
               codec::encode_reply(sender->second.id, reply.reply, reply.leader));
  senders_.erase(sender);
}

}  // namespace capsize::app

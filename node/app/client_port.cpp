#include "node/app/client_port.h"

#include "node/codec/client_codec.h"

namespace capsize::app {
namespace {

// Malformed requests skipped in one call: a flood of them must not keep the node from its own work.
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
    askers_.emplace(last_, Asker{std::move(request->peer), std::move(good.id)});
    return replica::ClientRequest{last_, std::move(good.command)};
  }
  return std::nullopt;
}

void ClientPort::answer(const replica::ClientReply& reply) {
  const auto asker = askers_.find(reply.id);
  CHECK(asker != askers_.end(), "a client request is answered once");
  router_.send(asker->second.peer,
               codec::encode_reply(asker->second.id, reply.reply, reply.leader));
  askers_.erase(asker);
}

}  // namespace capsize::app

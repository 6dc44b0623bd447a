// Client requests: any text is decoded or refused with a reply. Decoded values are canonical.
#include "base/json.h"

#include "base/check.h"
#include "node/codec/client_codec.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace capsize;
  const auto decoded = codec::decode_request({reinterpret_cast<const char*>(data), size});
  if (const auto* malformed = std::get_if<codec::MalformedRequest>(&decoded)) {
    if (malformed->id.empty()) return 0;
    CHECK(!base::Json::parse(codec::encode_malformed(*malformed)).is_invalid(),
          "every reply is JSON");
    return 0;
  }
  const auto& request = std::get<codec::DecodedRequest>(decoded);
  kv::Reply reply{kv::Outcome::kOk, "", ""};
  if (const auto* command = std::get_if<kv::Command>(&request.command)) {
    for (const std::string& value : {command->value, command->expected}) {
      if (value.empty()) continue;
      CHECK(base::Json::parse(value).dump() == value, "values are canonical");
    }
    reply.value = command->value;
  } else if (const auto* change = std::get_if<replica::ChangeMembers>(&request.command)) {
    CHECK(raft::is_voter_set(change->voters), "members are a set");
  }
  CHECK(!base::Json::parse(codec::encode_reply(request.id, reply, raft::kNoNode)).is_invalid(),
        "every reply is JSON");
  return 0;
}

// Encodes and decodes client requests and replies: JSON as in node/PROTOCOL.md, Clients. Requests
// are hostile input, bounded in size and nesting. A malformed request gets a reply with the reason
// if its id can be read.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "node/kv/command.h"
#include "node/replica/replica.h"

namespace capsize::codec {

/// Two values of maximal size, the key, and the usual number of escape sequences.
inline constexpr std::size_t kRequestBytesMax = std::size_t{4} * 1024 * 1024;
inline constexpr int kNestingMax = 64;

struct DecodedRequest {
  std::string id;  // the client's id as JSON text; returned unchanged
  replica::ClientCommand command;
};
struct MalformedRequest {
  std::string id;      // empty if it could not be read: the request is then not answered
  std::string detail;  // the reason, for people
};

/// Values in the command are in canonical form: nlohmann's dump, keys sorted, no whitespace.
[[nodiscard]] std::variant<DecodedRequest, MalformedRequest> decode_request(std::string_view text);

[[nodiscard]] std::string encode_reply(std::string_view id, const kv::Reply& reply,
                                       raft::NodeId leader);
/// The reply with outcome `fail` and error "malformed".
[[nodiscard]] std::string encode_malformed(const MalformedRequest& request);

}  // namespace capsize::codec

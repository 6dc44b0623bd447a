// Client requests and replies: JSON as node/PROTOCOL.md has it. Requests are hostile input: bounded
// in size and nesting, and whatever is wrong gets a reply that says what, where an id is readable.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "node/kv/command.h"
#include "node/replica/replica.h"

namespace capsize::codec {

/// Two values of the largest size, the key, and room for escapes of the usual kind.
inline constexpr std::size_t kRequestBytesMax = std::size_t{4} * 1024 * 1024;
inline constexpr int kNestingMax = 64;

struct DecodedRequest {
  std::string id;  // the client's id as JSON text; goes back unchanged
  replica::ClientCommand command;
};
struct MalformedRequest {
  std::string id;      // empty when it could not be read: there is nobody to answer
  std::string detail;  // for a person
};

/// Values of the command are canonical: nlohmann's dump, keys sorted, no blanks.
[[nodiscard]] std::variant<DecodedRequest, MalformedRequest> decode_request(std::string_view text);

[[nodiscard]] std::string encode_reply(std::string_view id, const kv::Reply& reply,
                                       raft::NodeId leader);
/// `fail`, "malformed".
[[nodiscard]] std::string encode_malformed(const MalformedRequest& request);

}  // namespace capsize::codec

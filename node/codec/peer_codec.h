// Encodes messages between nodes to the payload frame and back. The fields of the header (sender,
// receiver, term, type) are not repeated.
//
// Decoding is strict and bounded: a count is accepted only if the buffer has the bytes for it, no
// bytes may be left over, and anything that encode_payload() cannot produce is refused. Frames
// carry a checksum, so a refusal means a sender of another version or a hostile one; the caller
// counts and drops the frame.
//
// Little endian. Entries are contiguous from `previous.index + 1` on, so they carry no index: a gap
// cannot be encoded (logcabin issue 160 was such a gap).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "node/replica/replica.h"
#include "node/wire/header.h"

namespace capsize::codec {

/// The part of a header that depends on the message; the transport fills in the rest.
struct Described {
  wire::MessageType type = wire::MessageType::kHeartbeat;
  std::uint64_t index = 0;
};
[[nodiscard]] Described describe(const replica::PeerMessage& message);

/// Appends to `out`. This is the only place that copies entry payloads.
void encode_payload(const replica::PeerMessage& message, std::string& out);

/// nullopt if the payload is not a valid one of the header's type.
[[nodiscard]] std::optional<replica::PeerMessage> decode_payload(const wire::Header& header,
                                                                 std::string_view payload);

}  // namespace capsize::codec

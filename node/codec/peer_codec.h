// Messages between nodes <-> the bytes of the payload frame. What the header says already (sender,
// receiver, term, type) is not repeated here.
//
// Decoding is strict and bounded: counts are believed only as far as bytes are there, nothing may
// be left over, and what encode cannot make is refused. Frames carry a checksum, so a refusal means
// a sender of another version or a hostile one; the caller counts and drops it.
//
// Little endian. Entries are contiguous from `previous.index + 1` on, so they carry no index: a gap
// cannot even be written down (found as logcabin issue 160).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "node/replica/replica.h"
#include "node/wire/header.h"

namespace capsize::codec {

/// The message-dependent part of a header; transport fills in the rest.
struct Described {
  wire::MessageType type = wire::MessageType::kHeartbeat;
  std::uint64_t index = 0;
};
[[nodiscard]] Described describe(const replica::PeerMessage& message);

/// Appends to `out`, which is empty or reused. Entry payloads are copied once, here.
void encode_payload(const replica::PeerMessage& message, std::string& out);

/// `header` is a decoded one. Nothing when the payload is not one of its type.
[[nodiscard]] std::optional<replica::PeerMessage> decode_payload(const wire::Header& header,
                                                                 std::string_view payload);

}  // namespace capsize::codec

// The header frame of every message between nodes. Both the node and the proxy use this definition,
// so it contains plain integers only and none of Raft's types.
//
// A message is two ZeroMQ frames: this header, then the payload (node/codec). Little endian:
//
//   offset size
//        0    4  magic "CPSZ"
//        4    2  version, 1
//        6    2  type (MessageType)
//        8    8  run id: frames of another run are dropped
//       16    4  sender's node number
//       20    4  receiver's node number
//       24    8  sender's incarnation
//       32    8  sequence number on this link, from 1 in each incarnation: a receiver detects loss,
//                duplication and reordering with it, without asking the proxy
//       40    8  send time, ns on the true CLOCK_MONOTONIC: a strict cut drops older messages by it
//       48    8  Raft term of the message
//       56    8  Raft index the message is about (see MessageType)
//       64    4  bytes of payload
//       68    4  CRC32C of bytes 0..67 and the payload
//
// A frame that fails to decode is counted by cause and dropped, never answered. Sender and receiver
// run on one machine and so share a clock. If they do not, the `sent_ns` of one is meaningless to
// the other, and strict cuts are not available (--allow-remote is not for fault injection).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace capsize::wire {

/// The number is on the wire, the name in fault files: never change either.
enum class MessageType : std::uint16_t {
  kRequestVote = 1,            // index: the candidate's last
  kRequestVoteReply = 2,       // index: 0
  kPreVote = 3,                // index: the candidate's last
  kPreVoteReply = 4,           // index: 0
  kAppendEntries = 5,          // index: the last entry it carries
  kHeartbeat = 6,              // an AppendEntries without entries; index: the previous entry
  kAppendEntriesReply = 7,     // index: the match index; in a refusal the conflict index
  kReadIndexRequest = 8,       // index: 0
  kReadIndexReply = 9,         // index: the read index; 0 for none
  kForward = 10,               // index: 0
  kForwardReply = 11,          // index: 0
  kInstallSnapshot = 12,       // index: the last entry that the snapshot includes
  kInstallSnapshotReply = 13,  // index: the same once it is installed; 0 while more is requested
  kTimeoutNow = 14,            // index: 0
};
inline constexpr std::size_t kMessageTypeCount = 15;  // numbers 0..14, 0 is none

/// "AppendEntries", "Heartbeat", …
[[nodiscard]] std::string_view name(MessageType type);
[[nodiscard]] std::optional<MessageType> parse_type(std::string_view text);
/// "n3" for 3, and back. nullopt for any other text, n0, and numbers above kNodeNumberMax.
[[nodiscard]] std::string node_name(std::uint32_t number);
[[nodiscard]] std::optional<std::uint32_t> parse_node_name(std::string_view text);
inline constexpr std::uint32_t kNodeNumberMax = 9999;

struct Header {
  MessageType type = MessageType::kHeartbeat;
  std::uint64_t run_id = 0;
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  std::uint64_t incarnation = 0;
  std::uint64_t sequence = 0;
  std::int64_t sent_ns = 0;
  std::uint64_t term = 0;
  std::uint64_t index = 0;
  friend bool operator==(const Header&, const Header&) = default;
};

inline constexpr std::size_t kHeaderBytes = 72;
inline constexpr std::size_t kPayloadBytesMax = std::size_t{16} * 1024 * 1024;
using HeaderFrame = std::array<char, kHeaderBytes>;

/// Why a frame was dropped. Checked in this order; only the first cause counts.
enum class HeaderError : std::uint8_t {
  kLength,  // not kHeaderBytes, or a payload length other than the header says
  kMagic,
  kVersion,
  kRun,  // from another run: later fields are not checked
  kChecksum,
  kType,
  kReceiver,  // for another node, or from an invalid sender
};
inline constexpr std::size_t kHeaderErrorCount = 7;
/// "wrong-length", "wrong-magic", … as the status shows them.
[[nodiscard]] std::string_view name(HeaderError error);

/// What a receiver requires of a frame.
struct Expected {
  std::uint64_t run_id = 0;
  std::uint32_t to = 0;
  std::uint32_t from = 0;  // 0: any sender
};

/// Precondition: payload.size() <= kPayloadBytesMax.
[[nodiscard]] HeaderFrame encode(const Header& header, std::string_view payload);
/// Cost: one pass over the payload for its checksum.
[[nodiscard]] std::variant<Header, HeaderError> decode(std::string_view header,
                                                       std::string_view payload,
                                                       const Expected& expected);

}  // namespace capsize::wire

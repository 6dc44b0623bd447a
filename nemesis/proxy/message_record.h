// What became of the messages, as the proxy records it in a file (messages.bin): the format, for
// its writer (message_log.h) and for readers in the harness. Little endian; records of equal size,
// so that a reader finds a time by binary search.
//
//   header   offset size
//                 0    8  magic "CPSZMSGS"
//                 8    4  version, 1
//                12    4  bytes of a record, 48; the header has as many
//                16    8  run id
//                24   24  zero
//
//   record   offset size
//                 0    8  time of the event, ns on the true CLOCK_MONOTONIC; never falls in a file
//                 8    8  sequence number of the message on its link (node/wire/header.h)
//                16    8  term; of kGap and kEnd zero
//                24    8  index; of kGap the number of events that are missing
//                32    4  sender's incarnation; larger ones as 4294967295
//                36    4  how long before the event the proxy had read the message, us; likewise
//                40    2  sender's node number; of kGap and kEnd zero
//                42    2  receiver's node number; likewise
//                44    1  message type; likewise
//                45    1  event
//                46    1  flags: 1 a copy (duplicate or replay), 2 corrupted by a rule
//                47    1  lowest byte of the CRC32C of bytes 0..46
//
// A message has one event when it is read. If that is kReadWaits, a later event says how it left,
// unless the record ends first. Copies have an event only when they leave. The number of kRead...
// events is `seen` of the proxy's counters; those that deliver, stop, lose or overflow are the
// others.
//
// Inline, because the harness reads what the proxy writes, and does not contain the proxy.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "base/crc32c.h"
#include "base/result.h"
#include "base/time.h"
#include "node/wire/header.h"
#include "node/wire/little_endian.h"

namespace capsize::nemesis::proxy {

/// The number is in the file: never change one.
enum class MessageEvent : std::uint8_t {
  kReadDelivered = 1,   // read, and a socket took it at once
  kReadWaits = 2,       // read, and waits: delayed, held, deferred, throttled
  kReadStopped = 3,     // read, and discarded by a rule
  kReadLost = 4,        // read, and refused by the receiver's socket
  kReadOverflowed = 5,  // read, and dropped because there was no room for it to wait
  kDelivered = 6,       // one that waited, or a copy
  kStopped = 7,
  kLost = 8,
  kOverflowed = 9,
  kGap = 10,  // the writer was too slow: events are missing before this one
  kEnd = 11,  // the last record: the file has reached its size
};

struct MessageRecord {
  std::int64_t time_ns = 0;
  std::uint64_t sequence = 0;
  std::uint64_t term = 0;
  std::uint64_t index = 0;
  std::uint32_t incarnation = 0;
  std::uint32_t waited_us = 0;
  std::uint16_t from = 0;
  std::uint16_t to = 0;
  wire::MessageType type{};
  MessageEvent event{};
  bool copy = false;
  bool corrupted = false;
  friend bool operator==(const MessageRecord&, const MessageRecord&) = default;
};

inline constexpr std::string_view kMessageFileMagic = "CPSZMSGS";
inline constexpr std::uint32_t kMessageFileVersion = 1;
inline constexpr std::size_t kMessageRecordBytes = 48;
/// The size at which a file ends, unless the proxy is asked for another.
inline constexpr std::uint64_t kMessageFileBytesMax = std::uint64_t{256} * 1024 * 1024;
inline constexpr std::uint32_t kRecordNumberMax = std::numeric_limits<std::uint32_t>::max();

[[nodiscard]] constexpr bool is_read(MessageEvent event) {
  return event >= MessageEvent::kReadDelivered && event <= MessageEvent::kReadOverflowed;
}

/// Precondition: kMessageRecordBytes are writable at `at`.
inline void encode_message_file_header(std::uint64_t run_id, char* at) {
  std::fill_n(at, kMessageRecordBytes, '\0');
  std::copy(kMessageFileMagic.begin(), kMessageFileMagic.end(), at);
  wire::put(at + 8, kMessageFileVersion);
  wire::put(at + 12, static_cast<std::uint32_t>(kMessageRecordBytes));
  wire::put(at + 16, run_id);
}

/// Error: what was found and what was expected. A file that does not even have the whole magic and
/// version counts as none.
[[nodiscard]] inline base::Status check_message_file_header(std::string_view bytes) {
  if (bytes.size() < kMessageRecordBytes || !bytes.starts_with(kMessageFileMagic)) {
    return base::Error{"found no header, expected " + std::string(kMessageFileMagic)};
  }
  const auto version = wire::get<std::uint32_t>(bytes.data() + 8);
  const auto record_bytes = wire::get<std::uint32_t>(bytes.data() + 12);
  if (version != kMessageFileVersion) {
    return base::Error{"version: found " + std::to_string(version) + ", expected " +
                       std::to_string(kMessageFileVersion)};
  }
  if (record_bytes != kMessageRecordBytes) {
    return base::Error{"record size: found " + std::to_string(record_bytes) + ", expected " +
                       std::to_string(kMessageRecordBytes)};
  }
  return {};
}

[[nodiscard]] inline char message_record_check(const char* at) {
  return static_cast<char>(base::crc32c({at, kMessageRecordBytes - 1}));
}

/// Precondition: kMessageRecordBytes are writable at `at`.
inline void encode(const MessageRecord& record, char* at) {
  wire::put(at, record.time_ns);
  wire::put(at + 8, record.sequence);
  wire::put(at + 16, record.term);
  wire::put(at + 24, record.index);
  wire::put(at + 32, record.incarnation);
  wire::put(at + 36, record.waited_us);
  wire::put(at + 40, record.from);
  wire::put(at + 42, record.to);
  at[44] = static_cast<char>(record.type);
  at[45] = static_cast<char>(record.event);
  at[46] = static_cast<char>((record.copy ? 1 : 0) | (record.corrupted ? 2 : 0));
  at[47] = message_record_check(at);
}

/// Nothing: the bytes are damaged, or say what no proxy says. Precondition: kMessageRecordBytes are
/// readable at `at`.
[[nodiscard]] inline std::optional<MessageRecord> decode_message_record(const char* at) {
  if (at[47] != message_record_check(at)) return std::nullopt;
  const auto type = static_cast<unsigned char>(at[44]);
  const auto event = static_cast<unsigned char>(at[45]);
  const auto flags = static_cast<unsigned char>(at[46]);
  const MessageRecord record{.time_ns = wire::get<std::int64_t>(at),
                             .sequence = wire::get<std::uint64_t>(at + 8),
                             .term = wire::get<std::uint64_t>(at + 16),
                             .index = wire::get<std::uint64_t>(at + 24),
                             .incarnation = wire::get<std::uint32_t>(at + 32),
                             .waited_us = wire::get<std::uint32_t>(at + 36),
                             .from = wire::get<std::uint16_t>(at + 40),
                             .to = wire::get<std::uint16_t>(at + 42),
                             .type = static_cast<wire::MessageType>(type),
                             .event = static_cast<MessageEvent>(event),
                             .copy = (flags & 1U) != 0,
                             .corrupted = (flags & 2U) != 0};
  if (record.time_ns < 0 || event == 0 || flags > 3) return std::nullopt;
  if (record.event == MessageEvent::kGap || record.event == MessageEvent::kEnd) return record;
  const auto is_node = [](std::uint16_t number) {
    return number > 0 && number <= wire::kNodeNumberMax;
  };
  const bool plausible = record.event < MessageEvent::kGap && type > 0 &&
                         type < wire::kMessageTypeCount && is_node(record.from) &&
                         is_node(record.to) && record.from != record.to;
  return plausible ? std::optional(record) : std::nullopt;
}

/// "AppendEntries", …: a constant of the program.
[[nodiscard]] inline std::string_view type_name(const MessageRecord& record) {
  return wire::name(record.type);
}

}  // namespace capsize::nemesis::proxy

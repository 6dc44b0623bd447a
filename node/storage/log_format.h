// The bytes of a log. It is one chain of records, in files of bounded size, its segments. Little
// endian, every record starts at a multiple of 8.
//
//   segment header, 64 bytes
//     0  8  magic "CAPSZWAL"
//     8  4  version, 3; 2 is the same without the mark beside the log (sync_mark.h)
//    12  4  zero
//    16  8  number of this segment, from 1, without gaps
//    24  8  term  ┐ the hard state
//    32  4  vote  ┘
//    36  4  checksum of the last record before this segment (0 in the first): the chain goes on
//    40  8  term  ┐ the last entry of the log (0, 0 if there is none)
//    48  8  index ┘
//    56  4  zero
//    60  4  CRC32C of bytes 0..59
//   record, 16 bytes and a payload
//     0  4  length of the payload
//     4  4  checksum of the record before this one
//     8  4  checksum: CRC32C of bytes 0..7, 12..15 and the payload
//    12  1  type
//    13  1  version of the type, 1
//    14  2  zero
//    16  …  payload, padded with zeros to a multiple of 8
//
// A record carries its predecessor's checksum instead of only being seeded with it. So each can be
// recognised alone, at any multiple of 8: that is how recovery tells a torn tail (nothing valid
// follows) from damage in the middle (something does), even where a length is what was damaged.
//
// The header says what the segments before it came to. So those whose entries a snapshot includes
// can be removed, and the rest is still a whole log.
//
// An entry with an index at or below the last one supersedes the log from there on. Nothing is ever
// overwritten in place, so there is no moment at which a suffix is half removed. A snapshot mark
// says that a snapshot is on disk, and how far the log goes since: entries behind the snapshot
// stay, or, if they are of another history, all go.
//
// Behind the last record a segment may have zeros: room that was reserved for more.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "node/raft/snapshot.h"
#include "node/raft/types.h"

namespace capsize::storage {

/// On disk: never renumber. Kinds of entries (configuration, session, …) are inside kEntry.
enum class RecordType : std::uint8_t {
  kHardState = 1,  // term u64, vote u32
  kEntry = 2,      // term u64, index u64, entry type u8, payload
  // Of the snapshot: term u64, index u64, chain hash u64; of the log's last entry: term, index
  kSnapshotMark = 3,
};

inline constexpr std::uint32_t kSegmentVersion = 3;
/// Of logs that no mark accompanies. They are read, and the log continues in version 3.
inline constexpr std::uint32_t kUnmarkedSegmentVersion = 2;

struct SegmentHeader {
  std::uint64_t number = 1;
  raft::HardState hard_state{};
  std::uint32_t previous = 0;
  raft::EntryId last{};
  std::uint32_t version = kSegmentVersion;
  friend bool operator==(const SegmentHeader&, const SegmentHeader&) = default;
};
inline constexpr std::size_t kSegmentHeaderBytes = 64;
inline constexpr std::size_t kRecordHeaderBytes = 16;
inline constexpr std::size_t kRecordPayloadMax = std::size_t{16} * 1024 * 1024;

[[nodiscard]] std::string encode_segment_header(const SegmentHeader& header);
[[nodiscard]] std::optional<SegmentHeader> decode_segment_header(std::string_view bytes);

struct SnapshotMark {
  raft::LogPoint snapshot;
  raft::EntryId last;  // of the log, from then on; the snapshot's own if nothing lies behind it
};

/// Appends one record to `out` and returns its checksum, the next record's `previous`.
std::uint32_t append_hard_state(std::string& out, std::uint32_t previous,
                                const raft::HardState& hard_state);
std::uint32_t append_entry(std::string& out, std::uint32_t previous, const raft::Entry& entry);
std::uint32_t append_snapshot_mark(std::string& out, std::uint32_t previous,
                                   const SnapshotMark& mark);

struct Record {
  RecordType type = RecordType::kEntry;
  std::uint32_t previous = 0;
  std::uint32_t checksum = 0;
  std::string_view payload;
  std::size_t bytes = 0;  // header, payload and padding
};
/// The record at the front of `bytes`, if a whole one is there: checksum, type, version and
/// padding.
[[nodiscard]] std::optional<Record> read_record(std::string_view bytes);
/// Whether missing bytes can be why there is no record at the front of `bytes`: the file ends
/// inside it, its end is zeros, or a whole sector of it is, at `offset` in the file. Otherwise all
/// of its bytes are there, and some are not what was written.
[[nodiscard]] bool lacks_bytes(std::string_view bytes, std::uint64_t offset);
/// Nothing when the payload is not one that append_… makes.
[[nodiscard]] std::optional<raft::HardState> decode_hard_state(std::string_view payload);
[[nodiscard]] std::optional<SnapshotMark> decode_snapshot_mark(std::string_view payload);
[[nodiscard]] std::optional<raft::Entry> decode_entry(std::string_view payload);

}  // namespace capsize::storage

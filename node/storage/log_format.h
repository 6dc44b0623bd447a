// The on-disk format of the log: one chain of records, in files of bounded size, the segments.
// Little endian; every record starts at a multiple of 8.
//
//   segment header, 64 bytes
//     0  8  magic "CAPSZWAL"
//     8  4  version, 3; version 2 is the same without a sync mark (sync_mark.h)
//    12  4  zero
//    16  8  number of this segment, from 1, without gaps
//    24  8  term  ┐ the hard state
//    32  4  vote  ┘
//    36  4  checksum of the last record before this segment (0 in the first): continues the chain
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
// A record stores its predecessor's checksum instead of only seeding its own checksum with it. So
// each record can be verified alone, at any multiple of 8. That is how recovery distinguishes a
// torn tail (nothing valid follows) from damage in the middle (something valid follows), even if
// the damaged bytes are a length.
//
// The header summarises the segments before it: hard state, chain, last entry. So the segments
// whose entries a snapshot includes can be removed, and the rest is still a complete log.
//
// An entry with an index at or below the last one supersedes the log from its index on. Nothing is
// overwritten in place, so at no moment is a suffix half removed. A snapshot mark records that a
// snapshot is on disk, and where the log ends from then on: the entries after the snapshot stay,
// or, if they have another history, all of them are dropped.
//
// After the last record a segment may contain zeros: space reserved for more records.
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
/// The version without a sync mark. Such logs are read, and continue in version 3.
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
  raft::EntryId last;  // of the log, from then on; the snapshot's own if no entry follows it
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
/// The record at the front of `bytes` if it is complete and its checksum, type, version and padding
/// are valid. Its payload points into `bytes`.
[[nodiscard]] std::optional<Record> read_record(std::string_view bytes);
/// Whether missing bytes can explain that no valid record is at the front of `bytes`, which starts
/// at `offset` in the file: the file ends inside the record, the record ends in zeros, or one of
/// its sectors is all zeros. If false, all of its bytes were written, and some have changed since.
[[nodiscard]] bool lacks_bytes(std::string_view bytes, std::uint64_t offset);
/// nullopt if the payload is not one that the matching append_… function writes.
[[nodiscard]] std::optional<raft::HardState> decode_hard_state(std::string_view payload);
[[nodiscard]] std::optional<SnapshotMark> decode_snapshot_mark(std::string_view payload);
[[nodiscard]] std::optional<raft::Entry> decode_entry(std::string_view payload);

}  // namespace capsize::storage

// The bytes of a log file. Little endian, every record starts at a multiple of 8.
//
//   file header, 32 bytes
//     0  8  magic "CAPSZWAL"
//     8  4  version, 1
//    12  4  zero
//    16  8  number of this file in the sequence of files, from 1
//    24  4  checksum of the last record before this file (0 in the first): the chain goes on
//    28  4  CRC32C of bytes 0..27
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
// A log that was cut begins with a snapshot mark, then the hard state, then entries. It is a file
// with the next number, a chain of its own, and the same name: it was renamed over the old one.
//
// An entry with an index at or below the last one supersedes the log from there on. Nothing is ever
// overwritten in place, so there is no moment at which a suffix is half removed.
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
  kHardState = 1,     // term u64, vote u32
  kEntry = 2,         // term u64, index u64, entry type u8, payload
  kSnapshotMark = 3,  // term u64, index u64, chain hash u64: the log begins behind this entry
  kSegmentEnd = 4,    // reserved: the log goes on in the next file
};

struct FileHeader {
  std::uint64_t number = 1;
  std::uint32_t previous = 0;
};
inline constexpr std::size_t kFileHeaderBytes = 32;
inline constexpr std::size_t kRecordHeaderBytes = 16;
inline constexpr std::size_t kRecordPayloadMax = std::size_t{16} * 1024 * 1024;

[[nodiscard]] std::string encode_file_header(const FileHeader& header);
[[nodiscard]] std::optional<FileHeader> decode_file_header(std::string_view bytes);

/// Appends one record to `out` and returns its checksum, the next record's `previous`.
std::uint32_t append_hard_state(std::string& out, std::uint32_t previous,
                                const raft::HardState& hard_state);
std::uint32_t append_entry(std::string& out, std::uint32_t previous, const raft::Entry& entry);
std::uint32_t append_snapshot_mark(std::string& out, std::uint32_t previous,
                                   const raft::LogPoint& mark);

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
/// Nothing when the payload is not one that append_… makes.
[[nodiscard]] std::optional<raft::HardState> decode_hard_state(std::string_view payload);
[[nodiscard]] std::optional<raft::LogPoint> decode_snapshot_mark(std::string_view payload);
[[nodiscard]] std::optional<raft::Entry> decode_entry(std::string_view payload);

}  // namespace capsize::storage

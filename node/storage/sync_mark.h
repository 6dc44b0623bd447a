// The sync mark: up to where the log is synced, in the file `synced` beside it. It distinguishes
// damage from a torn tail: bytes below the mark were synced and may have been acknowledged, so if
// they are bad or missing, they were damaged later; only bytes above it can be a torn write.
//
//   two slots, at offsets 0 and 512 of a file of 1024 bytes, little endian; the rest is zeros
//     0  8  magic "CAPSZSYN"
//     8  4  version, 1
//    12  4  checksum of the last record below the mark (0: none yet)
//    16  8  sequence: the slot with the higher sequence is the mark
//    24  8  number of the segment (0: nothing was synced yet)
//    32  8  offset in it
//    40  8  term  ┐ the last entry of the log there
//    48  8  index ┘
//    56  8  term of the hard state there
//    64  8  index up to which acknowledged entries were lost (0: none), see LostLog in log.h
//    72  4  zero
//    76  4  CRC32C of bytes 0..75
//
// After each sync of the log, and before its receipt, the older slot is overwritten: one pwrite, no
// sync. So the mark is exact after a process crash of any kind, because the page cache survives it.
// After a power loss it may be older, never newer: a slot describes only what was synced before the
// slot was written. The mark is synced when a segment is created, when the log has been idle, and
// at a clean stop.
//
// The mark never has to move back: superseded entries stay in the log's files, and recovery cuts
// only above the mark. Removing segments does not affect it either: a segment is removed only after
// a later one was created, which synced a mark in that later segment. The one exception is a loss
// that an operator accepts (log.h): it moves the mark back and rewrites the whole file.
//
// Each open() rewrites the file (temporary file, rename), so that both slots are valid afterwards.
// One bad slot is tolerated: the mark is then one sync older. Two bad slots, or no file beside a
// log of version 3, are damage.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "node/raft/types.h"
#include "node/storage/file_system.h"
#include "node/storage/log_errors.h"

namespace capsize::storage {

inline constexpr const char* kSyncMarkFile = "synced";

struct SyncMark {
  std::uint64_t segment = 0;  // 0: nothing was synced yet
  std::uint64_t offset = 0;
  std::uint32_t checksum = 0;  // of the last record below it
  raft::EntryId last{};
  raft::Term term{};
  raft::Index lost{};
  friend bool operator==(const SyncMark&, const SyncMark&) = default;
};

inline constexpr std::size_t kSyncMarkSlotBytes = 80;
inline constexpr std::size_t kSyncMarkSlotOffset = 512;  // of the second slot: one disk sector
inline constexpr std::size_t kSyncMarkFileBytes = 1024;

/// The content of a file whose two slots both hold `mark`.
[[nodiscard]] std::string encode_sync_marks(const SyncMark& mark);
/// Pure and total: the newer of the valid slots; nullopt if none is valid.
[[nodiscard]] std::optional<SyncMark> decode_sync_marks(std::string_view bytes);

/// nullopt if there is no such file; CorruptLog if neither slot is valid.
[[nodiscard]] std::variant<std::optional<SyncMark>, CorruptLog, IoFailure> read_sync_mark(
    FileSystem& files, const std::string& directory);

/// The file, open for overwriting. Must not be used after an error. Not thread-safe.
class SyncMarkWriter {
 public:
  /// Durably replaces the file by one with `mark` in both slots.
  [[nodiscard]] static base::Result<SyncMarkWriter> create(FileSystem& files,
                                                           const std::string& directory,
                                                           const SyncMark& mark);
  /// Overwrites the older slot. The mark then survives a process crash, but not yet a power loss.
  [[nodiscard]] base::Status write(const SyncMark& mark);
  /// Makes the last write survive a power loss. Does nothing if nothing was written since.
  [[nodiscard]] base::Status sync();
  [[nodiscard]] bool unsynced() const { return unsynced_; }

 private:
  explicit SyncMarkWriter(std::unique_ptr<FixedFile> file) : file_(std::move(file)) {}

  std::unique_ptr<FixedFile> file_;
  std::uint64_t sequence_ = 2;  // of the newest slot
  bool unsynced_ = false;
};

}  // namespace capsize::storage

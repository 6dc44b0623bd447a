// What a disk can be told to do wrong, and what came of it: the state behind FaultyFileSystem
// (faulty_file_system.h), switched by the control port (node/PROTOCOL.md, Control).
//
// Switched from the protocol thread while other threads write; everything here may be called from
// any of them.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace capsize::storage {

/// The calls of the storage port that change something.
enum class DiskCall : std::uint8_t {
  kCreate,
  kOpen,
  kAppend,
  kReserve,
  kSync,
  kTruncate,
  kRename,
  kRemove,
  kSyncDirectory,
};
enum class DiskError : std::uint8_t {
  kIo,       // EIO
  kNoSpace,  // ENOSPC
  kShort,    // of an append: half of the bytes are written, then ENOSPC
};
/// "append", "sync-directory", …; "EIO", "ENOSPC", "short". Nothing for every other word.
[[nodiscard]] std::optional<DiskCall> parse_disk_call(std::string_view word);
[[nodiscard]] std::optional<DiskError> parse_disk_error(std::string_view word);
[[nodiscard]] std::string_view name(DiskCall call);
[[nodiscard]] std::string_view name(DiskError error);

struct PlannedFailure {
  DiskCall call = DiskCall::kSync;
  DiskError error = DiskError::kIo;
  std::uint64_t after = 1;  // the n-th call of this kind from now on
};

/// Bytes that were appended and not synced when the process was to die.
struct CrashedBytes {
  std::uint64_t held = 0;
  std::uint64_t written = 0;  // of these, written after all
};

/// A file with bytes that stay in the process.
class HoldingFile {
 public:
  virtual ~HoldingFile() = default;
  /// Writes this share (0..1) of the held bytes and forgets the rest.
  virtual CrashedBytes crash(double keep) = 0;
  /// Writes and syncs what it holds.
  virtual base::Status release() = 0;
};

class DiskFaults {
 public:
  /// Appended bytes stay in this process until sync(), so that a SIGKILL really loses what was not
  /// synced (the page cache survives it otherwise).
  std::atomic<bool> hold_unsynced{false};
  /// Each sync takes this much longer.
  std::atomic<std::int64_t> sync_delay_ns{0};
  /// Each sync fails; the bytes may or may not be there.
  std::atomic<bool> fail_sync{false};
  /// So many syncs say that they are done, and do nothing.
  std::atomic<std::uint64_t> lies_left{0};

  void plan(std::optional<PlannedFailure> failure);
  /// Syncs block until this is lifted.
  void stall(bool stalled);
  /// The process ends in good order: nobody waits for a slow or stalled disk any more.
  void let_go();
  /// Whether a sync can take long because of a fault. Whoever answers control requests must not
  /// sync then: it could not be told to stop.
  [[nodiscard]] bool may_block() const { return stalled_ || sync_delay_ns > 0; }
  /// Writes and syncs all that files hold.
  [[nodiscard]] base::Status release();
  /// The last moment of this process' disk: of what each file holds, this share (0..1) is written,
  /// as a torn write, and from now on every call blocks for ever. The caller kills the process.
  [[nodiscard]] CrashedBytes crash(double keep);

  struct Counts {
    std::uint64_t bytes_held = 0;  // now; the others since the start
    std::uint64_t syncs_delayed = 0;
    std::uint64_t syncs_stalled = 0;
    std::uint64_t syncs_lied = 0;
  };
  [[nodiscard]] Counts counts() const { return {bytes_held_, delayed_, stalls_, lied_}; }

  // For the file system.
  /// Each changing call begins so; an error is how it shall fail.
  [[nodiscard]] std::optional<DiskError> enter(DiskCall call);
  /// Blocks as long as the faults ask for.
  void wait_before_sync();
  /// Whether this sync is one that lies.
  [[nodiscard]] bool lies();
  void block_if_crashed();
  void holds(std::int64_t more_bytes) { bytes_held_ += static_cast<std::uint64_t>(more_bytes); }
  void add(HoldingFile& file);
  void remove(HoldingFile& file);

 private:
  std::mutex mutex_;  // plan_, and around the waits
  std::condition_variable lifted_;
  std::optional<PlannedFailure> plan_;
  std::atomic<bool> stalled_{false}, ended_{false}, crashed_{false};
  std::atomic<std::uint64_t> bytes_held_{0}, delayed_{0}, stalls_{0}, lied_{0};

  std::mutex files_mutex_;  // before any file's own
  std::vector<HoldingFile*> files_;
};

}  // namespace capsize::storage

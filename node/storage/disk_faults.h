// The disk faults that FaultyFileSystem (faulty_file_system.h) injects, and counters of their
// effect. The control port switches them (node/PROTOCOL.md, Control).
//
// The protocol thread switches faults while other threads write; all members may be called from any
// thread.
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

/// The calls of FileSystem and WritableFile that can be made to fail: all that modify the disk.
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
  kShort,    // a short append: half of the bytes are written, then ENOSPC
};
/// "append", "sync-directory", …; "EIO", "ENOSPC", "short". nullopt for any other word.
[[nodiscard]] std::optional<DiskCall> parse_disk_call(std::string_view word);
[[nodiscard]] std::optional<DiskError> parse_disk_error(std::string_view word);
[[nodiscard]] std::string_view name(DiskCall call);
[[nodiscard]] std::string_view name(DiskError error);

struct PlannedFailure {
  DiskCall call = DiskCall::kSync;
  DiskError error = DiskError::kIo;
  std::uint64_t after = 1;  // fails the n-th call of this kind from now on
};

/// Bytes that were appended and not synced at a simulated crash.
struct CrashedBytes {
  std::uint64_t held = 0;
  std::uint64_t written = 0;  // of these, the bytes that reached the disk as a torn write
};

/// A file that buffers unsynced bytes in the process (hold_unsynced).
class HoldingFile {
 public:
  virtual ~HoldingFile() = default;
  /// Writes this share (0..1) of the held bytes and discards the rest.
  virtual CrashedBytes crash(double keep) = 0;
  /// Writes and syncs the held bytes.
  virtual base::Status release() = 0;
};

class DiskFaults {
 public:
  /// Appended bytes stay in this process until sync(), so that a SIGKILL loses what was not synced.
  /// Without this the page cache would preserve it: killing a process is not a power loss.
  std::atomic<bool> hold_unsynced{false};
  /// Delays each sync by this much.
  std::atomic<std::int64_t> sync_delay_ns{0};
  /// Each sync fails; its bytes may or may not be on disk.
  std::atomic<bool> fail_sync{false};
  /// The next n syncs report success and do nothing.
  std::atomic<std::uint64_t> lying_syncs_left{0};

  void plan(std::optional<PlannedFailure> failure);
  /// While true, syncs block.
  void stall(bool stalled);
  /// For a clean shutdown: ends all delays and stalls, now and from now on.
  void end_waits();
  /// Whether a fault can make a sync take long. The thread that answers control requests must not
  /// sync then: it could not process the request that lifts the fault.
  [[nodiscard]] bool may_block() const { return stalled_ || sync_delay_ns > 0; }
  /// Writes and syncs the held bytes of all files.
  [[nodiscard]] base::Status release();
  /// Simulates a power loss: writes this share (0..1) of each file's held bytes, as a torn write,
  /// and blocks every later call forever. The caller then kills the process.
  [[nodiscard]] CrashedBytes crash(double keep);

  struct Counts {
    std::uint64_t bytes_held = 0;  // currently; the others count since the start
    std::uint64_t syncs_delayed = 0;
    std::uint64_t syncs_stalled = 0;
    std::uint64_t syncs_lied = 0;
  };
  [[nodiscard]] Counts counts() const { return {bytes_held_, delayed_, stalls_, lied_}; }

  // For FaultyFileSystem.
  /// Called at the start of each modifying call; returns the error it must fail with, if any.
  [[nodiscard]] std::optional<DiskError> enter(DiskCall call);
  /// Blocks as long as the delay and stall faults require.
  void wait_before_sync();
  /// Whether this sync must report success without doing anything. Counts it.
  [[nodiscard]] bool skip_sync();
  void block_if_crashed();
  void holds(std::int64_t more_bytes) { bytes_held_ += static_cast<std::uint64_t>(more_bytes); }
  void add(HoldingFile& file);
  void remove(HoldingFile& file);

 private:
  std::mutex mutex_;  // guards plan_ and the waits
  std::condition_variable lifted_;
  std::optional<PlannedFailure> plan_;
  std::atomic<bool> stalled_{false}, ended_{false}, crashed_{false};
  std::atomic<std::uint64_t> bytes_held_{0}, delayed_{0}, stalls_{0}, lied_{0};

  std::mutex files_mutex_;  // lock order: before any file's own mutex
  std::vector<HoldingFile*> files_;
};

}  // namespace capsize::storage

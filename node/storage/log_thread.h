// The thread that writes and syncs the log, so that the protocol thread can answer heartbeats in
// the meantime.
//
// Group commit by double buffering (thesis 10.2.2): while one sync runs, new batches are collected;
// then all of them go to disk with one write and one sync. The batch size adapts to request rate
// and disk without a timer.
//
// While the thread is idle, the caller may write in its own thread (write_inline): handing a batch
// to the log thread and waiting for its receipt wakes two threads, which takes longer than a sync
// of some disks.
//
// After a failed write or sync the thread calls `on_failure` once, then writes nothing more and
// issues no receipt. In the node `on_failure` ends the process (exit 66) and does not return.
//
// When the log is idle, the thread syncs the sync mark (sync_mark.h), never as part of a log sync.
//
// At a crash, batches without a receipt may be lost or torn; nothing was promised about them.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "node/raft/ready.h"
#include "node/storage/descriptor.h"
#include "node/storage/log.h"

namespace capsize::storage {

class LogThread : private raft::SyncReceiptIssuer {
 public:
  using OnFailure = std::function<void(const base::Error&)>;
  LogThread(std::unique_ptr<Log> log, OnFailure on_failure);
  /// Writes and syncs all submitted batches, then joins the thread.
  ~LogThread();
  LogThread(const LogThread&) = delete;
  LogThread& operator=(const LogThread&) = delete;

  /// Queues a batch; its token must exceed all earlier ones. Never blocks on the disk.
  void submit(raft::PersistBatch batch);
  /// Writes and syncs in the calling thread if the log thread is idle: for a caller that would only
  /// wait. The receipt covers all earlier batches, too. nullopt if the log thread is busy (`batch`
  /// is then unchanged), or if the write failed (on_failure has then been called).
  [[nodiscard]] std::optional<raft::SyncReceipt> write_inline(raft::PersistBatch& batch);
  /// The node's own snapshot is on disk: the next batch compacts the log up to it (Log::mark).
  void mark(const raft::LogPoint& snapshot);
  /// Durable when this returns (Log::restore_vote). Waits for a write in progress.
  void restore_vote();
  /// A receipt for the newest token on disk, and so for all tokens before it; nullopt if no newer
  /// one reached the disk since the last call.
  [[nodiscard]] std::optional<raft::SyncReceipt> take_receipt();
  /// An eventfd, readable when take_receipt() has something.
  [[nodiscard]] int event_fd() const { return event_.get(); }

  /// Entry bytes submitted and not yet on disk; the driver applies back-pressure by it.
  [[nodiscard]] std::uint64_t bytes_waiting() const { return bytes_waiting_; }
  [[nodiscard]] std::uint64_t syncs() const { return syncs_; }
  /// Durations of a write with its sync, in ns. Read from three atomics: each value is correct by
  /// itself, but they may belong to different moments.
  struct SyncTimes {
    std::uint64_t latest_ns = 0;
    std::uint64_t longest_ns = 0;
    std::uint64_t total_ns = 0;
  };
  [[nodiscard]] SyncTimes sync_times() const { return {latest_ns_, longest_ns_, total_ns_}; }

 private:
  void run();
  /// Syncs the sync mark: when the log is idle, and at the end. `lock` is held on entry and on
  /// exit, and released during the I/O.
  void settle(std::unique_lock<std::mutex>& lock);
  /// Only for the thread that set `writing_`. False after a failure.
  bool write_out(const std::vector<raft::PersistBatch>& batches,
                 const std::optional<raft::LogPoint>& mark);
  void record_sync_time(std::chrono::steady_clock::duration time);
  void publish(raft::SyncToken token);

  std::unique_ptr<Log> log_;  // used only by the thread that set `writing_`
  OnFailure on_failure_;
  Descriptor event_;
  std::atomic<std::uint64_t> bytes_waiting_{0};
  std::atomic<std::uint64_t> syncs_{0};
  std::atomic<std::uint64_t> latest_ns_{0}, longest_ns_{0}, total_ns_{0};

  std::mutex mutex_;
  std::condition_variable submitted_, written_;
  std::vector<raft::PersistBatch> collecting_;  // guarded by mutex_, as the next four
  std::optional<raft::LogPoint> mark_;
  std::optional<raft::SyncReceipt> receipt_;
  bool writing_ = false;
  bool stopping_ = false;

  std::thread thread_;  // last: it uses everything above
};

}  // namespace capsize::storage

// The thread that writes and syncs, so that the protocol thread answers heartbeats meanwhile.
//
// Group commit by double buffering (thesis 10.2.2): while one sync runs, what is submitted is
// collected; then all of it goes to disk with one write and one sync. The batch size adapts to load
// and disk without a timer.
//
// Whoever submits may also do the work himself while the thread has none: handing it over and
// hearing of its end wakes two threads, which takes longer than some disks do (write_here).
//
// A failed write or sync is told to `on_failure` once; after that the thread writes nothing more
// and gives no receipt. In the node `on_failure` ends the process (exit 66) and does not return.
//
// When nothing was written for a moment, the thread makes the log's mark survive the machine
// (sync_mark.h): never as part of a sync.
//
// At a crash: batches without a receipt may be lost or torn; nothing was promised about them.
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
  /// Writes and syncs what was submitted, then joins.
  ~LogThread();
  LogThread(const LogThread&) = delete;
  LogThread& operator=(const LogThread&) = delete;

  /// Tokens grow. Never blocks on the disk.
  void submit(raft::PersistBatch batch);
  /// Writes and syncs in the calling thread, if this one is idle: for a caller who would only wait.
  /// The receipt covers all batches before, too. Nothing: it is at work, and `batch` is as it was;
  /// or the write failed, and on_failure was told.
  [[nodiscard]] std::optional<raft::SyncReceipt> write_here(raft::PersistBatch& batch);
  /// A snapshot of the node's own is on disk: the log is cut behind it with the next batch.
  void mark(const raft::LogPoint& snapshot);
  /// Durably, when this returns (Log::restore_vote). Waits for a write that is under way.
  void restore_vote();
  /// For the newest token that is on disk, and so for all before it; nothing when there is no newer
  /// one since the last call.
  [[nodiscard]] std::optional<raft::SyncReceipt> take_receipt();
  /// An eventfd, readable when take_receipt() has something.
  [[nodiscard]] int event_fd() const { return event_.get(); }

  /// Entry bytes submitted and not on disk yet: the driver's back-pressure.
  [[nodiscard]] std::uint64_t bytes_waiting() const { return bytes_waiting_; }
  [[nodiscard]] std::uint64_t syncs() const { return syncs_; }
  /// Of a write with its sync, ns: the latest, the longest, all together. Three atomics, each true
  /// by itself.
  struct SyncTimes {
    std::uint64_t latest_ns = 0;
    std::uint64_t longest_ns = 0;
    std::uint64_t total_ns = 0;
  };
  [[nodiscard]] SyncTimes sync_times() const { return {latest_ns_, longest_ns_, total_ns_}; }

 private:
  void run();
  /// When nothing was written for a while, and at the end. Holds `lock` before and after.
  void settle(std::unique_lock<std::mutex>& lock);
  /// By whoever made `writing_` true. False after a failure.
  bool write_out(const std::vector<raft::PersistBatch>& batches,
                 const std::optional<raft::LogPoint>& mark);
  void synced_in(std::chrono::steady_clock::duration time);
  void publish(raft::SyncToken token);

  std::unique_ptr<Log> log_;  // of whoever made `writing_` true
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

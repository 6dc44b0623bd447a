// The thread that encodes and saves the node's own snapshots, one at a time, so that neither the
// protocol thread nor the log waits for them.
//
// After a failed write, sync or rename the thread calls `on_failure` once and saves nothing more.
// In the node `on_failure` ends the process (exit 66).
//
// A crash leaves either the old snapshot and the whole log, or the new snapshot (snapshot_store.h).
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "node/storage/descriptor.h"
#include "node/storage/snapshot_store.h"

namespace capsize::storage {

class SnapshotThread {
 public:
  using OnFailure = std::function<void(const base::Error&)>;
  /// Called on the thread, and destroyed before take_saved() returns the snapshot.
  using Encode = std::function<std::string()>;

  SnapshotThread(std::shared_ptr<SnapshotStore> store, OnFailure on_failure);
  /// Finishes the snapshot in progress, then joins the thread.
  ~SnapshotThread();
  SnapshotThread(const SnapshotThread&) = delete;
  SnapshotThread& operator=(const SnapshotThread&) = delete;

  /// `snapshot` has no content yet; `encode` produces it. Precondition: take_saved() has returned
  /// the previous one.
  void save(raft::Snapshot snapshot, Encode encode);
  /// The snapshot with its content once it is on disk; nullopt before.
  [[nodiscard]] std::optional<raft::Snapshot> take_saved();
  /// An eventfd, readable when take_saved() has something.
  [[nodiscard]] int event_fd() const { return event_.get(); }

 private:
  struct Job {
    raft::Snapshot snapshot;
    Encode encode;
  };
  void run();

  std::shared_ptr<SnapshotStore> store_;
  OnFailure on_failure_;
  Descriptor event_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Job> job_;  // guarded by mutex_, as the next three
  std::optional<raft::Snapshot> saved_;
  bool busy_ = false;
  bool stopping_ = false;

  std::thread thread_;  // last: it uses everything above
};

}  // namespace capsize::storage

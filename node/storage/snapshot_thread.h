// The thread that encodes and saves the node's own snapshots, so that neither the protocol thread
// nor the log waits for them. One at a time.
//
// A failed write, sync or rename is told to `on_failure` once, and nothing is saved any more. In
// the node that ends the process (exit 66).
//
// At a crash: the old snapshot and the whole log are there, or the new snapshot (snapshot_store.h).
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
  /// Called on the thread; what it holds is gone before the snapshot is given back.
  using Encode = std::function<std::string()>;

  SnapshotThread(std::shared_ptr<SnapshotStore> store, OnFailure on_failure);
  /// Finishes what was begun, then joins.
  ~SnapshotThread();
  SnapshotThread(const SnapshotThread&) = delete;
  SnapshotThread& operator=(const SnapshotThread&) = delete;

  /// `snapshot` is without its content. Precondition: the last one was taken back.
  void save(raft::Snapshot snapshot, Encode encode);
  /// The snapshot, with its content, once it is on disk; nothing before.
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

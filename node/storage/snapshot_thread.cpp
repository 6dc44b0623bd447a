#include "node/storage/snapshot_thread.h"

#include <sys/eventfd.h>

#include <cerrno>
#include <utility>

#include "base/check.h"

namespace capsize::storage {

SnapshotThread::SnapshotThread(std::shared_ptr<SnapshotStore> store, OnFailure on_failure)
    : store_(std::move(store)),
      on_failure_(std::move(on_failure)),
      event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      thread_([this] { run(); }) {
  CHECK(event_, "an eventfd can be created");
}

SnapshotThread::~SnapshotThread() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void SnapshotThread::save(raft::Snapshot snapshot, Encode encode) {
  {
    const std::lock_guard lock(mutex_);
    CHECK(!std::exchange(busy_, true), "snapshots are saved one at a time");
    job_ = Job{std::move(snapshot), std::move(encode)};
  }
  changed_.notify_one();
}

std::optional<raft::Snapshot> SnapshotThread::take_saved() {
  std::uint64_t count = 0;
  CHECK(::read(event_.get(), &count, sizeof count) == sizeof count || errno == EAGAIN,
        "an eventfd can be read");
  const std::lock_guard lock(mutex_);
  if (saved_) busy_ = false;
  return std::exchange(saved_, std::nullopt);
}

void SnapshotThread::run() {
  while (true) {
    Job job;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stopping_ || job_; });
      if (!job_) return;
      job = *std::exchange(job_, std::nullopt);
    }
    job.snapshot.state = std::make_shared<const std::string>(job.encode());
    // Releases the frozen state machine before the slow write: until then every key that clients
    // change is copied (kv/freezable_map.h).
    job.encode = nullptr;
    if (const auto status = store_->save(job.snapshot, SnapshotStore::Origin::kOwn); !status) {
      on_failure_(status.error());
      return;
    }
    {
      const std::lock_guard lock(mutex_);
      saved_ = std::move(job.snapshot);
    }
    const std::uint64_t one = 1;
    CHECK(::write(event_.get(), &one, sizeof one) == sizeof one, "an eventfd can be written");
  }
}

}  // namespace capsize::storage

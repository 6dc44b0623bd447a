#include "node/storage/log_thread.h"

#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>

namespace capsize::storage {
namespace {

// After one to two of these without a write the log counts as idle, and its sync mark is synced.
constexpr auto kIdle = std::chrono::seconds(1);

std::uint64_t payload_bytes(const raft::PersistBatch& batch) {
  std::uint64_t bytes = 0;
  for (const raft::Entry& entry : batch.entries) bytes += entry.payload->size();
  return bytes;
}

}  // namespace

LogThread::LogThread(std::unique_ptr<Log> log, OnFailure on_failure)
    : log_(std::move(log)),
      on_failure_(std::move(on_failure)),
      event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      thread_([this] { run(); }) {
  CHECK(event_, "an eventfd can be created");
}

LogThread::~LogThread() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  submitted_.notify_one();
  thread_.join();
}

void LogThread::submit(raft::PersistBatch batch) {
  bytes_waiting_ += payload_bytes(batch);
  {
    const std::lock_guard lock(mutex_);
    CHECK(collecting_.empty() || collecting_.back().token < batch.token, "sync tokens ascend");
    collecting_.push_back(std::move(batch));
  }
  submitted_.notify_one();
}

std::optional<raft::SyncReceipt> LogThread::write_inline(raft::PersistBatch& batch) {
  std::optional<raft::LogPoint> mark;
  {
    const std::lock_guard lock(mutex_);
    if (writing_ || !collecting_.empty()) return std::nullopt;
    writing_ = true;
    mark = std::exchange(mark_, std::nullopt);
  }
  const raft::SyncToken token = batch.token;
  std::vector<raft::PersistBatch> alone;
  alone.push_back(std::move(batch));
  bytes_waiting_ += payload_bytes(alone.front());
  // Written without the mutex, so that submit() and take_receipt() never wait for the disk.
  // `writing_` keeps the log thread away from log_ meanwhile. After a failure it stays set, so that
  // nothing is written any more.
  if (!write_out(alone, mark)) return std::nullopt;
  const std::lock_guard lock(mutex_);
  writing_ = false;
  receipt_.reset();  // an untaken receipt has an older token, which the new one includes
  return issue(token);
}

void LogThread::mark(const raft::LogPoint& snapshot) {
  const std::lock_guard lock(mutex_);
  mark_ = snapshot;
}

std::optional<raft::SyncReceipt> LogThread::take_receipt() {
  std::uint64_t count = 0;
  // The event is cleared before the receipt is taken: a receipt published in between then leaves
  // the event set, and the poller wakes once more. In the other order that receipt would be missed.
  CHECK(::read(event_.get(), &count, sizeof count) == sizeof count || errno == EAGAIN,
        "an eventfd can be read");
  const std::lock_guard lock(mutex_);
  return std::exchange(receipt_, std::nullopt);
}

void LogThread::run() {
  std::vector<raft::PersistBatch> writing;
  std::optional<raft::LogPoint> mark;
  while (true) {
    {
      std::unique_lock lock(mutex_);
      const std::uint64_t syncs = syncs_;
      // `writing_` is set while another thread writes inline. It writes one batch at most, but more
      // batches may be queued meanwhile: they wait, since tokens must reach the disk in order.
      const auto work = [this] { return stopping_ || (!collecting_.empty() && !writing_); };
      if (!submitted_.wait_for(lock, kIdle, work)) {
        if (syncs == syncs_ && !writing_) settle(lock);
        continue;
      }
      if (writing_) return;  // stopping, after a failed write_inline()
      if (collecting_.empty()) {
        settle(lock);
        return;
      }
      // Double buffering: batches submitted from now on collect in the other vector, and go to disk
      // together in the next round. A slower disk makes larger groups.
      writing_ = true;
      writing.swap(collecting_);
      mark = std::exchange(mark_, std::nullopt);
    }
    if (!write_out(writing, mark)) return;
    publish(writing.back().token);
    writing.clear();
  }
}

void LogThread::settle(std::unique_lock<std::mutex>& lock) {
  writing_ = true;
  lock.unlock();
  const auto status = log_->settle();
  if (!status) on_failure_(status.error());
  lock.lock();
  writing_ = !status;  // stays set after a failure: nothing is written any more
  written_.notify_all();
}

void LogThread::restore_vote() {
  std::unique_lock lock(mutex_);
  written_.wait(lock, [this] { return !writing_; });
  writing_ = true;
  lock.unlock();
  const auto status = log_->restore_vote();
  if (!status) on_failure_(status.error());
  lock.lock();
  writing_ = !status;
  submitted_.notify_one();
}

bool LogThread::write_out(const std::vector<raft::PersistBatch>& batches,
                          const std::optional<raft::LogPoint>& mark) {
  // The snapshot mark alone causes no write: it waits for the next batch. After a crash in between
  // recovery writes the mark (Log::open).
  if (mark) log_->mark(*mark);
  std::uint64_t bytes = 0;
  bool anything = false;
  for (const raft::PersistBatch& batch : batches) {
    log_->add(batch);
    bytes += payload_bytes(batch);
    anything = anything || !batch.empty();
  }
  if (anything) {
    const auto began = std::chrono::steady_clock::now();
    if (const auto status = log_->sync(); !status) {
      on_failure_(status.error());
      return false;
    }
    record_sync_time(std::chrono::steady_clock::now() - began);
  }
  bytes_waiting_ -= bytes;
  return true;
}

void LogThread::record_sync_time(std::chrono::steady_clock::duration time) {
  const auto ns = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(time).count());
  latest_ns_ = ns;
  longest_ns_ = std::max<std::uint64_t>(longest_ns_, ns);  // one writer at a time: no race
  total_ns_ += ns;
  ++syncs_;
}

void LogThread::publish(raft::SyncToken token) {
  {
    const std::lock_guard lock(mutex_);
    receipt_ = issue(token);
    writing_ = false;
  }
  written_.notify_all();
  const std::uint64_t one = 1;
  CHECK(::write(event_.get(), &one, sizeof one) == sizeof one, "an eventfd can be written");
}

}  // namespace capsize::storage

#include "node/storage/disk_faults.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <utility>

namespace capsize::storage {
namespace {

constexpr std::array<std::pair<std::string_view, DiskCall>, 9> kCalls = {{
    {"create", DiskCall::kCreate},
    {"open", DiskCall::kOpen},
    {"append", DiskCall::kAppend},
    {"reserve", DiskCall::kReserve},
    {"sync", DiskCall::kSync},
    {"truncate", DiskCall::kTruncate},
    {"rename", DiskCall::kRename},
    {"remove", DiskCall::kRemove},
    {"sync-directory", DiskCall::kSyncDirectory},
}};
constexpr std::array<std::pair<std::string_view, DiskError>, 3> kErrors = {{
    {"EIO", DiskError::kIo},
    {"ENOSPC", DiskError::kNoSpace},
    {"short", DiskError::kShort},
}};

template <class Table>
auto find(const Table& table, std::string_view word)
    -> std::optional<typename Table::value_type::second_type> {
  for (const auto& [text, value] : table) {
    if (text == word) return value;
  }
  return std::nullopt;
}

template <class Table, class Value>
std::string_view word_of(const Table& table, Value value) {
  for (const auto& [text, known] : table) {
    if (known == value) return text;
  }
  return "?";
}

// Delays sleep in slices, so that a clean shutdown does not wait for an hour.
constexpr std::int64_t kSliceNs = 5'000'000;

void sleep_for(std::int64_t nanoseconds) {
  const timespec time{0, nanoseconds};
  ::nanosleep(&time, nullptr);  // an interrupted sleep is retried by the caller's loop
}

std::int64_t now_ns() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * std::int64_t{1'000'000'000} + time.tv_nsec;
}

}  // namespace

std::optional<DiskCall> parse_disk_call(std::string_view word) {
  return find(kCalls, word);
}

std::optional<DiskError> parse_disk_error(std::string_view word) {
  return find(kErrors, word);
}

std::string_view name(DiskCall call) {
  return word_of(kCalls, call);
}

std::string_view name(DiskError error) {
  return word_of(kErrors, error);
}

void DiskFaults::plan(std::optional<PlannedFailure> failure) {
  const std::lock_guard lock(mutex_);
  plan_ = failure;
}

void DiskFaults::stall(bool stalled) {
  {
    const std::lock_guard lock(mutex_);
    stalled_ = stalled;
  }
  lifted_.notify_all();
}

void DiskFaults::end_waits() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  lifted_.notify_all();
}

base::Status DiskFaults::release() {
  const std::lock_guard lock(files_mutex_);
  for (HoldingFile* file : files_) {
    if (auto status = file->release(); !status) return status;
  }
  return {};
}

CrashedBytes DiskFaults::crash(double keep) {
  // Set before any file's lock is taken: a thread that waits for that lock must not write when it
  // gets it. Otherwise bytes appended after the "power loss" could reach the disk.
  crashed_ = true;
  CrashedBytes sum;
  const std::lock_guard lock(files_mutex_);
  for (HoldingFile* file : files_) {
    const CrashedBytes bytes = file->crash(keep);
    sum.held += bytes.held;
    sum.written += bytes.written;
  }
  return sum;
}

std::optional<DiskError> DiskFaults::enter(DiskCall call) {
  block_if_crashed();
  const std::lock_guard lock(mutex_);
  // A planned failure happens once: the node must not retry, so a second one would show nothing
  // new.
  if (!plan_ || plan_->call != call || --plan_->after > 0) return std::nullopt;
  return std::exchange(plan_, std::nullopt)->error;
}

void DiskFaults::wait_before_sync() {
  if (const std::int64_t delay = sync_delay_ns; delay > 0 && !ended_) {
    ++delayed_;
    const std::int64_t until = now_ns() + delay;
    for (std::int64_t left = delay; left > 0 && !ended_; left = until - now_ns()) {
      sleep_for(std::min(left, kSliceNs));
    }
  }
  // Checked again under the mutex: stall() sets the flag under it, so a stall that ends in between
  // cannot be missed, and the notification cannot come before the wait.
  if (!stalled_) return;
  std::unique_lock lock(mutex_);
  if (!stalled_ || ended_) return;
  ++stalls_;
  lifted_.wait(lock, [this] { return !stalled_ || ended_; });
}

bool DiskFaults::skip_sync() {
  // Several threads may sync at once; compare-exchange, so that a count of n affects exactly n
  // syncs.
  std::uint64_t left = lying_syncs_left;
  while (left > 0) {
    if (!lying_syncs_left.compare_exchange_weak(left, left - 1)) continue;
    ++lied_;
    return true;
  }
  return false;
}

void DiskFaults::block_if_crashed() {
  // Blocks instead of returning an error: on an error the node would report it and exit with its
  // own code, before the SIGKILL that simulates the power loss.
  while (crashed_) ::pause();
}

void DiskFaults::add(HoldingFile& file) {
  const std::lock_guard lock(files_mutex_);
  files_.push_back(&file);
}

void DiskFaults::remove(HoldingFile& file) {
  const std::lock_guard lock(files_mutex_);
  std::erase(files_, &file);
}

}  // namespace capsize::storage

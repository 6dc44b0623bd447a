#include "harness/run/disk_watch.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "harness/store/log.h"

namespace capsize::harness {
namespace {

class ProbeFile {
 public:
  explicit ProbeFile(std::filesystem::path path)
      : path_(std::move(path)),
        file_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)),
        open_error_(file_ < 0 ? errno : 0) {}
  ~ProbeFile() {
    if (file_ < 0) return;
    ::close(file_);
    ::unlink(path_.c_str());
  }
  ProbeFile(const ProbeFile&) = delete;
  ProbeFile& operator=(const ProbeFile&) = delete;

  base::Status sync() const {
    // Overwritten in place: a sync without a change would not reach the disk.
    if (file_ < 0) return failure(open_error_);
    if (::pwrite(file_, "x", 1, 0) == 1 && ::fsync(file_) == 0) return {};
    return failure(errno);
  }

 private:
  base::Status failure(int error) const {
    return base::Error{path_.string() + ": " + std::strerror(error)};
  }

  std::filesystem::path path_;
  int file_;
  int open_error_;  // of open(), reported by the thread that syncs
};

}  // namespace

DiskWatch::DiskWatch(std::function<base::Status()> sync, base::Duration interval,
                     std::function<base::Instant()> now)
    : sync_(std::move(sync)),
      now_(std::move(now)),
      thread_([this, interval] { watch(interval); }) {}

DiskWatch::~DiskWatch() {
  {
    const std::lock_guard lock(mutex_);
    end_ = true;
  }
  ended_.notify_all();
  thread_.join();
}

void DiskWatch::watch(base::Duration interval) {
  while (!wait(interval)) {
    const base::Instant begin = now_();
    {
      const std::lock_guard lock(mutex_);
      begun_ = begin;
    }
    const auto status = sync_();
    const base::Instant end = now_();
    const std::lock_guard lock(mutex_);
    begun_.reset();
    if (!status) {
      log_error("the disk is not watched any more: {}", status.error().message);
      return;
    }
    if (end - begin < kHang) continue;
    hangs_.push_back({begin, end});
    log_error("the disk of this machine hung for {} ms", (end - begin).count() / 1'000'000);
  }
}

/// Whether the watch has ended.
bool DiskWatch::wait(base::Duration interval) {
  std::unique_lock lock(mutex_);
  return ended_.wait_for(lock, interval, [this] { return end_; });
}

base::Duration DiskWatch::hung_between(base::Instant from, base::Instant to) const {
  const base::Instant now = now_();
  const std::lock_guard lock(mutex_);
  base::Duration sum{};
  const auto add = [&](const Sync& hang) {
    const base::Duration within = std::min(hang.end, to) - std::max(hang.begin, from);
    sum += std::max(within, base::Duration::zero());
  };
  for (const Sync& hang : hangs_) add(hang);
  if (begun_ && now - *begun_ >= kHang) add({*begun_, now});
  return sum;
}

std::function<base::Status()> sync_of_file(const std::filesystem::path& path) {
  return [file = std::make_shared<const ProbeFile>(path)] { return file->sync(); };
}

}  // namespace capsize::harness

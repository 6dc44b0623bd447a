#include "node/storage/faulty_file_system.h"

#include <cerrno>
#include <cmath>
#include <cstring>
#include <map>
#include <mutex>

namespace capsize::storage {
namespace {

base::Error failure(DiskCall call, DiskError error, const std::string& path) {
  const int reason = error == DiskError::kIo ? EIO : ENOSPC;
  return {std::string(name(call)) + " " + path + ": " + std::strerror(reason) +
          ", injected by a disk fault"};
}

/// How many bytes of `held` a torn write leaves: this share, or a little less. A tear that recovery
/// cannot notice would be no fault. So the tear is inside a word of 8 bytes, where a log record
/// never ends, and the first lost byte is not zero, since reserved space contains zeros anyway.
std::size_t tear(std::string_view held, double share) {
  const auto kept = static_cast<std::size_t>(std::floor(static_cast<double>(held.size()) * share));
  if (kept == held.size()) return kept;
  for (std::size_t at = kept; at > 0; --at) {
    if (at % 8 != 0 && held[at] != '\0') return at;
  }
  return kept;
}

class FaultyFile : public WritableFile, private HoldingFile {
 public:
  FaultyFile(std::unique_ptr<WritableFile> below, DiskFaults& faults, std::string path)
      : below_(std::move(below)), faults_(faults), path_(std::move(path)) {
    faults_.add(*this);
  }
  ~FaultyFile() override {
    faults_.remove(*this);
    // Closing loses nothing, only a crash does. A destructor has no way to report a failure.
    (void)write_held();
  }
  FaultyFile(const FaultyFile&) = delete;
  FaultyFile& operator=(const FaultyFile&) = delete;

  base::Status append(std::string_view bytes) override {
    const auto error = faults_.enter(DiskCall::kAppend);
    // Like a disk that fills up in the middle of a write: a prefix of the bytes is written.
    if (error == DiskError::kShort) {
      if (auto status = put(bytes.substr(0, bytes.size() / 2)); !status) return status;
    }
    if (error) return failure(DiskCall::kAppend, *error, path_);
    return put(bytes);
  }
  base::Status reserve(std::uint64_t size) override {
    if (const auto error = faults_.enter(DiskCall::kReserve)) {
      return failure(DiskCall::kReserve, *error, path_);
    }
    return below_->reserve(size);
  }
  base::Status sync() override {
    if (const auto error = faults_.enter(DiskCall::kSync)) {
      return failure(DiskCall::kSync, *error, path_);
    }
    if (faults_.skip_sync()) return {};  // before the delays: a lying disk answers at once
    faults_.wait_before_sync();
    // Before the write: after a failed fsync the page cache may have dropped the bytes
    // (file_system.h), and held bytes that are never written show the worst case.
    if (faults_.fail_sync) return failure(DiskCall::kSync, DiskError::kIo, path_);
    return write_and_sync();
  }

 private:
  base::Status put(std::string_view bytes) {
    const std::lock_guard lock(mutex_);
    faults_.block_if_crashed();
    // If bytes are held, later ones must queue after them even if the fault was switched off in the
    // meantime: written directly, they would land at the offset of the held bytes.
    if (!faults_.hold_unsynced && held_.empty()) return below_->append(bytes);
    held_ += bytes;
    faults_.holds(static_cast<std::int64_t>(bytes.size()));
    return {};
  }
  base::Status write_and_sync() {
    const std::lock_guard lock(mutex_);
    faults_.block_if_crashed();
    if (auto status = write_held(); !status) return status;
    return below_->sync();
  }
  base::Status write_held() {
    if (held_.empty()) return {};
    if (auto status = below_->append(held_); !status) return status;
    forget();
    return {};
  }
  void forget() {
    faults_.holds(-static_cast<std::int64_t>(held_.size()));
    held_.clear();
  }
  base::Status release() override {
    const std::lock_guard lock(mutex_);
    if (held_.empty()) return {};
    if (auto status = write_held(); !status) return status;
    return below_->sync();
  }
  // Writes without a sync: the caller then sends SIGKILL, which the page cache survives.
  CrashedBytes crash(double keep) override {
    const std::lock_guard lock(mutex_);
    CrashedBytes bytes{held_.size(), 0};
    const std::size_t kept = tear(held_, keep);
    if (kept > 0 && below_->append(std::string_view(held_).substr(0, kept))) bytes.written = kept;
    forget();
    return bytes;
  }

  std::unique_ptr<WritableFile> below_;
  DiskFaults& faults_;
  const std::string path_;
  std::mutex mutex_;  // held_ and below_: release() writes what another thread appended
  std::string held_;
};

/// The sync mark's file. `hold_unsynced` keeps its unsynced bytes in the process, like those of
/// other files, and a crash loses them. Its sync() then does nothing. That leaves an older mark,
/// which is always safe. If the mark became durable, recovery would detect every write that a lying
/// sync lost, and refuse to start: the effect of lying disks on a cluster could not be tested. Sync
/// faults are meant for the log: no sync of the mark fails, is delayed, or counts as a lie.
class FaultyFixedFile : public FixedFile, private HoldingFile {
 public:
  FaultyFixedFile(std::unique_ptr<FixedFile> below, DiskFaults& faults)
      : below_(std::move(below)), faults_(faults) {
    faults_.add(*this);
  }
  ~FaultyFixedFile() override {
    faults_.remove(*this);
    (void)write_held();
  }
  FaultyFixedFile(const FaultyFixedFile&) = delete;
  FaultyFixedFile& operator=(const FaultyFixedFile&) = delete;

  base::Status overwrite(std::uint64_t offset, std::string_view bytes) override {
    const std::lock_guard lock(mutex_);
    faults_.block_if_crashed();
    if (!faults_.hold_unsynced && held_.empty()) return below_->overwrite(offset, bytes);
    held_[offset] = bytes;
    return {};
  }
  base::Status sync() override {
    const std::lock_guard lock(mutex_);
    faults_.block_if_crashed();
    return held_.empty() ? below_->sync() : base::Status{};
  }

 private:
  base::Status write_held() {
    for (const auto& [offset, bytes] : held_) {
      if (auto status = below_->overwrite(offset, bytes); !status) return status;
    }
    held_.clear();
    return {};
  }
  base::Status release() override {
    const std::lock_guard lock(mutex_);
    if (held_.empty()) return {};
    if (auto status = write_held(); !status) return status;
    return below_->sync();
  }
  CrashedBytes crash(double) override {
    const std::lock_guard lock(mutex_);
    held_.clear();
    return {};
  }

  std::unique_ptr<FixedFile> below_;
  DiskFaults& faults_;
  std::mutex mutex_;                           // held_ and below_
  std::map<std::uint64_t, std::string> held_;  // by offset; at most one per slot
};

base::Result<std::unique_ptr<WritableFile>> wrap(base::Result<std::unique_ptr<WritableFile>> file,
                                                 DiskFaults& faults, const std::string& path) {
  if (!file) return file.error();
  return std::unique_ptr<WritableFile>(
      std::make_unique<FaultyFile>(std::move(file).value(), faults, path));
}

}  // namespace

base::Status FaultyFileSystem::enter(DiskCall call, const std::string& path) {
  if (const auto error = faults_.enter(call)) return failure(call, *error, path);
  return {};
}

base::Result<std::unique_ptr<WritableFile>> FaultyFileSystem::create(const std::string& path) {
  if (auto status = enter(DiskCall::kCreate, path); !status) return status.error();
  return wrap(below_.create(path), faults_, path);
}

base::Result<std::unique_ptr<WritableFile>> FaultyFileSystem::open_append(const std::string& path,
                                                                          std::uint64_t end) {
  if (auto status = enter(DiskCall::kOpen, path); !status) return status.error();
  return wrap(below_.open_append(path, end), faults_, path);
}

base::Result<std::unique_ptr<FixedFile>> FaultyFileSystem::open_fixed(const std::string& path) {
  if (auto status = enter(DiskCall::kOpen, path); !status) return status.error();
  auto file = below_.open_fixed(path);
  if (!file) return file.error();
  return std::unique_ptr<FixedFile>(
      std::make_unique<FaultyFixedFile>(std::move(file).value(), faults_));
}

base::Status FaultyFileSystem::truncate(const std::string& path, std::uint64_t size) {
  if (auto status = enter(DiskCall::kTruncate, path); !status) return status;
  return below_.truncate(path, size);
}

base::Status FaultyFileSystem::rename(const std::string& from, const std::string& to) {
  if (auto status = enter(DiskCall::kRename, from); !status) return status;
  return below_.rename(from, to);
}

base::Status FaultyFileSystem::remove(const std::string& path) {
  if (auto status = enter(DiskCall::kRemove, path); !status) return status;
  return below_.remove(path);
}

base::Status FaultyFileSystem::sync_directory(const std::string& path) {
  if (auto status = enter(DiskCall::kSyncDirectory, path); !status) return status;
  return below_.sync_directory(path);
}

}  // namespace capsize::storage

// A file system that can be told to misbehave: the fault family of the storage port.
//
// It decorates another one and is always there; without faults it only passes on. Switched from the
// protocol thread while the log thread writes, hence atomics.
#pragma once

#include <atomic>
#include <cstdint>

#include "node/storage/file_system.h"

namespace capsize::storage {

struct DiskFaults {
  /// Appended bytes stay in this process until sync(), so that a SIGKILL really loses what was not
  /// synced (the page cache survives it otherwise).
  std::atomic<bool> hold_unsynced{false};
  /// Each sync takes this much longer.
  std::atomic<std::int64_t> sync_delay_ns{0};
  /// Each sync fails; the bytes may or may not be there.
  std::atomic<bool> fail_sync{false};
};

class FaultyFileSystem : public FileSystem {
 public:
  /// Both outlive this object and every file it opened.
  FaultyFileSystem(FileSystem& below, DiskFaults& faults) : below_(below), faults_(faults) {}

  [[nodiscard]] base::Result<std::unique_ptr<WritableFile>> create(
      const std::string& path) override;
  [[nodiscard]] base::Result<std::unique_ptr<WritableFile>> open_append(const std::string& path,
                                                                        std::uint64_t end) override;
  [[nodiscard]] base::Result<std::optional<std::string>> read(
      const std::string& path, std::size_t bytes_max = kWholeFile) override {
    return below_.read(path, bytes_max);
  }
  [[nodiscard]] base::Result<std::vector<std::string>> list(const std::string& path) override {
    return below_.list(path);
  }
  [[nodiscard]] base::Status truncate(const std::string& path, std::uint64_t size) override {
    return below_.truncate(path, size);
  }
  [[nodiscard]] base::Status rename(const std::string& from, const std::string& to) override {
    return below_.rename(from, to);
  }
  [[nodiscard]] base::Status remove(const std::string& path) override {
    return below_.remove(path);
  }
  [[nodiscard]] base::Status sync_directory(const std::string& path) override {
    return below_.sync_directory(path);
  }
  [[nodiscard]] base::Status make_directory(const std::string& path) override {
    return below_.make_directory(path);
  }

 private:
  FileSystem& below_;
  DiskFaults& faults_;
};

}  // namespace capsize::storage

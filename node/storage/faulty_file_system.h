// A decorator that injects disk faults (disk_faults.h) into another file system. It is always
// installed; without an active fault it only forwards the calls.
#pragma once

#include "node/storage/disk_faults.h"
#include "node/storage/file_system.h"

namespace capsize::storage {

class FaultyFileSystem : public FileSystem {
 public:
  /// Both outlive this object and every file it opened.
  FaultyFileSystem(FileSystem& below, DiskFaults& faults) : below_(below), faults_(faults) {}

  [[nodiscard]] base::Result<std::unique_ptr<WritableFile>> create(
      const std::string& path) override;
  [[nodiscard]] base::Result<std::unique_ptr<WritableFile>> open_append(const std::string& path,
                                                                        std::uint64_t end) override;
  [[nodiscard]] base::Result<std::unique_ptr<FixedFile>> open_fixed(
      const std::string& path) override;
  [[nodiscard]] base::Result<std::optional<std::string>> read(
      const std::string& path, std::size_t bytes_max = kWholeFile) override {
    return below_.read(path, bytes_max);
  }
  [[nodiscard]] base::Result<std::vector<std::string>> list(const std::string& path) override {
    return below_.list(path);
  }
  [[nodiscard]] base::Status truncate(const std::string& path, std::uint64_t size) override;
  [[nodiscard]] base::Status rename(const std::string& from, const std::string& to) override;
  [[nodiscard]] base::Status remove(const std::string& path) override;
  [[nodiscard]] base::Status sync_directory(const std::string& path) override;
  [[nodiscard]] base::Status make_directory(const std::string& path) override {
    return below_.make_directory(path);
  }

 private:
  [[nodiscard]] base::Status enter(DiskCall call, const std::string& path);

  FileSystem& below_;
  DiskFaults& faults_;
};

}  // namespace capsize::storage

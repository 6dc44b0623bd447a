// An interface to the operating system's files, so that a test can lose unsynced bytes, tear a
// write, or fail the n-th call (tests/node/adapters/memory_file_system.h).
//
// The semantics are those of POSIX: appended bytes are visible to all readers at once, but only
// sync() makes them survive a power loss; a created or renamed directory entry survives only after
// sync_directory(). An Error names the path and the operating system's reason. After a failed
// append or sync the state of the file is unknown and nothing may be retried: the kernel may have
// dropped the dirty pages and report success the next time (Rebello et al., ATC '20). The caller
// ends the process.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace capsize::storage {

inline constexpr std::size_t kWholeFile = std::string::npos;

class WritableFile {
 public:
  virtual ~WritableFile() = default;  // closes, does not sync
  /// Writes all bytes or returns an error. They follow the bytes appended before, not the reserved
  /// space.
  [[nodiscard]] virtual base::Status append(std::string_view bytes) = 0;
  /// Extends the file with zeros to `size` bytes if it is shorter. As long as append() stays within
  /// that, sync() has no new length to record: on a journalling file system it then waits for the
  /// data alone, not for a journal commit that includes the changes of other processes.
  [[nodiscard]] virtual base::Status reserve(std::uint64_t size) = 0;
  /// fdatasync: the bytes and the length.
  [[nodiscard]] virtual base::Status sync() = 0;
};

/// A file of fixed length that is overwritten in place: the sync mark (sync_mark.h). The mark only
/// describes what was synced elsewhere, so losing an overwrite is harmless.
class FixedFile {
 public:
  virtual ~FixedFile() = default;
  /// Writes all bytes or returns an error.
  [[nodiscard]] virtual base::Status overwrite(std::uint64_t offset, std::string_view bytes) = 0;
  [[nodiscard]] virtual base::Status sync() = 0;
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;
  /// Creates an empty file, replacing an existing one.
  [[nodiscard]] virtual base::Result<std::unique_ptr<WritableFile>> create(
      const std::string& path) = 0;
  /// Opens an existing file to append after its first `end` bytes; the rest is reserved space.
  [[nodiscard]] virtual base::Result<std::unique_ptr<WritableFile>> open_append(
      const std::string& path, std::uint64_t end) = 0;
  /// Opens an existing file.
  [[nodiscard]] virtual base::Result<std::unique_ptr<FixedFile>> open_fixed(
      const std::string& path) = 0;
  /// The file's content, or its first `bytes_max` bytes; nullopt if it does not exist.
  [[nodiscard]] virtual base::Result<std::optional<std::string>> read(
      const std::string& path, std::size_t bytes_max = kWholeFile) = 0;
  /// The names in a directory, in unspecified order.
  [[nodiscard]] virtual base::Result<std::vector<std::string>> list(const std::string& path) = 0;
  /// Cuts the file to `size` bytes and syncs it.
  [[nodiscard]] virtual base::Status truncate(const std::string& path, std::uint64_t size) = 0;
  [[nodiscard]] virtual base::Status rename(const std::string& from, const std::string& to) = 0;
  /// The name is gone at once, but may reappear after a power loss until sync_directory().
  [[nodiscard]] virtual base::Status remove(const std::string& path) = 0;
  [[nodiscard]] virtual base::Status sync_directory(const std::string& path) = 0;
  /// Creates the directory and its parents if they are missing, and syncs their parents.
  [[nodiscard]] virtual base::Status make_directory(const std::string& path) = 0;
};

/// The operating system's file system.
class PosixFileSystem : public FileSystem {
 public:
  [[nodiscard]] base::Result<std::unique_ptr<WritableFile>> create(
      const std::string& path) override;
  [[nodiscard]] base::Result<std::unique_ptr<WritableFile>> open_append(const std::string& path,
                                                                        std::uint64_t end) override;
  [[nodiscard]] base::Result<std::unique_ptr<FixedFile>> open_fixed(
      const std::string& path) override;
  [[nodiscard]] base::Result<std::optional<std::string>> read(
      const std::string& path, std::size_t bytes_max = kWholeFile) override;
  [[nodiscard]] base::Result<std::vector<std::string>> list(const std::string& path) override;
  [[nodiscard]] base::Status truncate(const std::string& path, std::uint64_t size) override;
  [[nodiscard]] base::Status rename(const std::string& from, const std::string& to) override;
  [[nodiscard]] base::Status remove(const std::string& path) override;
  [[nodiscard]] base::Status sync_directory(const std::string& path) override;
  [[nodiscard]] base::Status make_directory(const std::string& path) override;
};

/// Writes `bytes` so that after a crash at any point `directory/name` holds either them or its
/// previous content: writes a temporary file, syncs it, renames it, syncs the directory.
[[nodiscard]] base::Status write_atomically(FileSystem& files, const std::string& directory,
                                            const std::string& name, std::string_view bytes);

}  // namespace capsize::storage

// The operating system's files behind one interface, so that a test can lose what was not synced,
// tear a write, or fail the n-th call (tests/node/adapters/memory_file_system.h).
//
// Semantics are POSIX': what append() took is readable at once by everyone, but only sync() makes
// it survive the machine; a created or renamed name survives only after sync_directory(). An Error
// names the path and the operating system's reason. After a failed append or sync nothing may be
// assumed about the file and nothing may be retried: the kernel may have dropped the dirty pages
// and report success the next time (Rebello et al., ATC '20). The caller ends the process.
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
  /// All bytes or an error. They go behind what was appended before, also where room is reserved.
  [[nodiscard]] virtual base::Status append(std::string_view bytes) = 0;
  /// Makes the file `size` bytes long, if it is shorter, with zeros. As long as append() stays
  /// within that, sync() has no length to record: on a journalling file system it then waits for
  /// the bytes alone, not for a commit of the journal with everybody else's changes.
  [[nodiscard]] virtual base::Status reserve(std::uint64_t size) = 0;
  /// fdatasync: the bytes and the length.
  [[nodiscard]] virtual base::Status sync() = 0;
};

/// A file whose length stays and whose parts are overwritten in place: the mark (sync_mark.h). It
/// only speaks of what was synced elsewhere, so losing what was overwritten does no harm.
class FixedFile {
 public:
  virtual ~FixedFile() = default;
  /// All bytes or an error.
  [[nodiscard]] virtual base::Status overwrite(std::uint64_t offset, std::string_view bytes) = 0;
  [[nodiscard]] virtual base::Status sync() = 0;
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;
  /// Empty, replacing what was there.
  [[nodiscard]] virtual base::Result<std::unique_ptr<WritableFile>> create(
      const std::string& path) = 0;
  /// To append behind the first `end` bytes; what lies there is room that was reserved.
  [[nodiscard]] virtual base::Result<std::unique_ptr<WritableFile>> open_append(
      const std::string& path, std::uint64_t end) = 0;
  /// One that is there.
  [[nodiscard]] virtual base::Result<std::unique_ptr<FixedFile>> open_fixed(
      const std::string& path) = 0;
  /// The file, or its first `bytes_max` bytes; nothing when there is none.
  [[nodiscard]] virtual base::Result<std::optional<std::string>> read(
      const std::string& path, std::size_t bytes_max = kWholeFile) = 0;
  /// The names in a directory, in no order.
  [[nodiscard]] virtual base::Result<std::vector<std::string>> list(const std::string& path) = 0;
  /// Cuts the file to `size` bytes and syncs it.
  [[nodiscard]] virtual base::Status truncate(const std::string& path, std::uint64_t size) = 0;
  [[nodiscard]] virtual base::Status rename(const std::string& from, const std::string& to) = 0;
  /// The name is gone at once, but may be back after a crash until sync_directory().
  [[nodiscard]] virtual base::Status remove(const std::string& path) = 0;
  [[nodiscard]] virtual base::Status sync_directory(const std::string& path) = 0;
  /// Makes it, if it is missing, and syncs its parent.
  [[nodiscard]] virtual base::Status make_directory(const std::string& path) = 0;
};

/// The real one.
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

/// Writes `bytes` so that after a crash at any point `directory/name` holds either them or what was
/// there before: aside, sync, rename, sync of the directory.
[[nodiscard]] base::Status write_atomically(FileSystem& files, const std::string& directory,
                                            const std::string& name, std::string_view bytes);

}  // namespace capsize::storage

// Reads files of a store without leaving it: no name leads out of a directory that was opened, not
// by "..", not by an absolute path, and not by a symbolic link at any place of the path.
//
// For readers whose names come from others: a browser, or files in the store itself. Every name of
// a path is opened relative to the one before (openat(2), O_NOFOLLOW), so a link that appears
// between a check and its use is refused, too. Pipes, sockets and devices are never opened.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace capsize::harness {

/// An owned file descriptor, closed exactly once.
class OwnedDescriptor {
 public:
  OwnedDescriptor() = default;
  explicit OwnedDescriptor(int descriptor) : descriptor_(descriptor) {}
  OwnedDescriptor(OwnedDescriptor&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)) {}
  OwnedDescriptor& operator=(OwnedDescriptor&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~OwnedDescriptor() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  [[nodiscard]] int get() const { return descriptor_; }
  /// The caller closes it.
  [[nodiscard]] int release() { return std::exchange(descriptor_, -1); }
  explicit operator bool() const { return descriptor_ >= 0; }

 private:
  int descriptor_ = -1;
};

/// A regular file that is open for reading.
struct OpenFile {
  OwnedDescriptor descriptor;
  std::uint64_t bytes = 0;
  std::int64_t modified_ns = 0;  ///< since 1970
  std::uint64_t inode = 0;

  /// Returns up to `bytes_max` bytes from `offset` on; fewer at the end, or after an error.
  [[nodiscard]] std::string read(std::uint64_t offset, std::size_t bytes_max) const;
};

/// A directory that is open.
class OpenDirectory {
 public:
  struct Entry {
    std::string name;
    bool is_directory = false;  ///< false: a regular file; everything else is left out
  };

  /// Follows links: this is the path that the user gave. Error: it cannot be opened.
  [[nodiscard]] static base::Result<OpenDirectory> open(const std::filesystem::path& path);

  /// Returns the regular file or the directory below this one whose path has these names, separated
  /// by single slashes. Nothing if it is missing, something else, or if a name is empty, "." or
  /// "..", or is a link.
  [[nodiscard]] std::optional<OpenFile> file(std::string_view path) const;
  [[nodiscard]] std::optional<OpenDirectory> directory(std::string_view path) const;
  /// The entries in no order; at most `entries_max`.
  [[nodiscard]] std::vector<Entry> list(std::size_t entries_max) const;
  /// What a symbolic link of this name points to, unresolved; nothing if it is none.
  [[nodiscard]] std::optional<std::string> link_target(const std::string& name) const;
  /// Changes when entries are added or removed: nanoseconds since 1970.
  [[nodiscard]] std::int64_t modified_ns() const;
  /// A path of this directory that stays valid, whatever is renamed, while this object exists.
  [[nodiscard]] std::filesystem::path stable_path() const;

 private:
  explicit OpenDirectory(OwnedDescriptor descriptor) : descriptor_(std::move(descriptor)) {}
  /// The directory that has the last name of `path`, and that name.
  [[nodiscard]] std::optional<std::pair<OwnedDescriptor, std::string>> parent_of(
      std::string_view path) const;
  OwnedDescriptor descriptor_;
};

}  // namespace capsize::harness

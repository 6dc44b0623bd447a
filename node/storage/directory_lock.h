// One process per data directory: two nodes on one log would each believe the other's promises
// their own.
#pragma once

#include <optional>
#include <string>

#include "node/storage/descriptor.h"

namespace capsize::storage {

/// An flock on `directory/lock`. The kernel releases it with the process, however it ends.
class DirectoryLock {
 public:
  /// Nothing when another process holds it, or when the file cannot be opened.
  [[nodiscard]] static std::optional<DirectoryLock> acquire(const std::string& directory);

 private:
  explicit DirectoryLock(Descriptor file) : file_(std::move(file)) {}
  Descriptor file_;
};

}  // namespace capsize::storage

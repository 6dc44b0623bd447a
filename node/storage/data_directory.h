// What a node makes sure of before it uses its data directory: that no other process does, and
// which start of this directory it is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "node/storage/descriptor.h"
#include "node/storage/log.h"

namespace capsize::storage {

/// One process per data directory: two nodes on one log would each believe the other's promises
/// their own. An flock on `directory/lock`; the kernel releases it with the process, however it
/// ends.
class DirectoryLock {
 public:
  /// Nothing when another process holds it, or when the file cannot be opened.
  [[nodiscard]] static std::optional<DirectoryLock> acquire(const std::string& directory);

 private:
  explicit DirectoryLock(Descriptor file) : file_(std::move(file)) {}
  Descriptor file_;
};

/// The incarnation: the number of starts of one data directory. It is in every frame and trace
/// line, so that a reply to an earlier incarnation is recognised; it must never be used twice.
///
/// Reads the last number (0 if there is none), writes the next one and returns it. It is on disk,
/// name and all, before this returns. A crash in between at worst skips numbers. Other content than
/// this function writes is CorruptLog, and so is a log without such a file: guessing could repeat a
/// number.
[[nodiscard]] std::variant<std::uint64_t, CorruptLog, IoFailure> next_incarnation(
    FileSystem& files, const std::string& directory);

}  // namespace capsize::storage

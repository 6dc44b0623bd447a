// What a node ensures before it uses its data directory: exclusive access, and an incarnation
// number that was never used before.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "node/storage/descriptor.h"
#include "node/storage/log.h"

namespace capsize::storage {

/// One process per data directory: two nodes on one log would each take the other's promises for
/// their own. An flock on `directory/lock`, which the kernel releases when the process ends, for
/// whatever reason.
class DirectoryLock {
 public:
  /// nullopt if another process holds the lock, or if the file cannot be opened.
  [[nodiscard]] static std::optional<DirectoryLock> acquire(const std::string& directory);

 private:
  explicit DirectoryLock(Descriptor file) : file_(std::move(file)) {}
  Descriptor file_;
};

/// The incarnation counts the starts of one data directory. Every frame and trace line carries it,
/// so that a node recognises a reply to an earlier incarnation; no number may be used twice.
///
/// Reads the last number (0 if there is none), writes the next one and returns it. The file and its
/// directory entry are on disk before this returns; a crash in between at worst skips a number.
/// Returns CorruptLog for content that this function does not write, and for a log without the
/// file: guessing could repeat a number.
[[nodiscard]] std::variant<std::uint64_t, CorruptLog, IoFailure> next_incarnation(
    FileSystem& files, const std::string& directory);

}  // namespace capsize::storage

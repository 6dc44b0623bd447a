// A file that is still being written, or a pipe, as a source that waits for more.
//
// It waits for its writer, too: for a file that does not exist yet, for the first byte of one that
// is empty, and for the first writer of a named pipe. After that a pipe ends when its writers have
// closed it. A file ends when no process has it open for writing any more and all of it was read,
// which the kernel shows by granting a read lease (fcntl(2), F_SETLEASE); where a file system knows
// no leases only `stop` ends it. A writer that closes a file is assumed to have finished it.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <string_view>

#include "checker/history/byte_source.h"

namespace capsize::checker {

/// Called once, before a wait for the writer begins, with what is missing.
using OnWaiting = std::function<void(std::string_view why)>;

/// "-" is standard input. Decompresses if necessary. `stop`, which is checked several times a
/// second, ends the source as if the writer had finished. Returns nullptr if the file exists but
/// cannot be opened; errno says why.
[[nodiscard]] std::unique_ptr<ByteSource> open_growing_source(const std::filesystem::path& path,
                                                              const std::atomic<bool>& stop,
                                                              const OnWaiting& on_waiting);

}  // namespace capsize::checker

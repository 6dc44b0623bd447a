// A file that somebody is still writing, or a pipe, as a source that waits for more.
//
// A pipe ends when its writers have closed it. A file ends when nobody has it open for writing any
// more and all of it was read, which the kernel tells by granting a read lease (fcntl(2),
// F_SETLEASE); where a file system knows no leases only `stop` ends it. Whoever writes a file in
// several sittings is taken to be done after the first.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>

#include "checker/history/byte_source.h"

namespace capsize::checker {

/// "-" is standard input. Unpacked where it is compressed. `stop` ends it as if nothing more came;
/// it is looked at several times a second. Nothing if the file cannot be opened; errno says why.
[[nodiscard]] std::unique_ptr<ByteSource> open_growing_source(const std::filesystem::path& path,
                                                              const std::atomic<bool>& stop);

}  // namespace capsize::checker

// Unpacks an archive that may be hostile: from a worker of a campaign, over the network.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "base/result.h"

namespace capsize::harness {

struct UnpackLimits {
  std::uint64_t bytes = 0;    // of all files together
  std::uint64_t entries = 0;  // files and directories
};

/// Writes the regular files of a tar archive (compressed or not) below a directory that only its
/// owner can write to, with mode 0600, and creates the directories that they need. Error, after
/// which some files may be there: no such archive; a name that is absolute, empty, has ".." or a
/// control character, or is there already; an entry that is no file or directory (links, devices);
/// more than the limits. No byte is written outside of the directory.
[[nodiscard]] base::Status unpack_archive(std::string_view archive,
                                          const std::filesystem::path& directory,
                                          const UnpackLimits& limits);

}  // namespace capsize::harness

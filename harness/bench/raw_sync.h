// How long the disk takes for one sync, without anything around it: what no put can be faster than.
#pragma once

#include <filesystem>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace capsize::harness {

/// `times` times: `bytes` are written behind each other into room reserved in a file in
/// `directory`, and synced with fdatasync. The file is removed.
[[nodiscard]] base::Result<std::vector<base::Duration>> measure_syncs(
    const std::filesystem::path& directory, std::size_t bytes, std::size_t times);

}  // namespace capsize::harness

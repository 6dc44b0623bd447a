// Reads results.json of a run directory (docs/FORMATS.md, Results). What is in it is written by
// report/results.h.
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/json.h"
#include "base/result.h"

namespace capsize::harness {

/// The key that says which format results.json has.
inline constexpr const char* kResultsFormat = "capsize-results";
inline constexpr std::uint64_t kResultsVersion = 1;

/// Returns the object in a run's results.json. Error: the file is missing, larger than 64 MiB, no
/// JSON object, or of a newer version.
[[nodiscard]] base::Result<base::Json> read_results(const std::filesystem::path& run_directory);

}  // namespace capsize::harness

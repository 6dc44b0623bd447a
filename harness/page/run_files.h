// The files of a run directory that a page is made of. Any of them may be missing, cut or
// malformed: a killed run has no results, and `capsize report` takes directories from anywhere.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/json.h"
#include "base/result.h"

namespace capsize::harness {

struct RunFiles {
  std::filesystem::path directory;
  /// Objects; null where the file is missing or is no JSON object.
  base::Json scenario, results, evidence;

  [[nodiscard]] std::string scenario_name() const;
  /// When the load began, by the traces' clock; nothing in runs of releases that did not record it.
  [[nodiscard]] std::optional<std::int64_t> load_began_ns() const;
  [[nodiscard]] std::uint64_t number(std::string_view key, std::uint64_t otherwise) const;
};

/// Files beyond this are not read: results.json has at most 16 counterexamples.
inline constexpr std::uintmax_t kRunFileBytesMax = std::uintmax_t{64} << 20U;

/// Error: it is no run directory, which has a scenario.json.
[[nodiscard]] base::Result<RunFiles> read_run_files(const std::filesystem::path& directory);

}  // namespace capsize::harness

// results.json (docs/FORMATS.md, Results): everything about a run that a program may need.
#pragma once

#include <filesystem>
#include <string>
#include "base/json.h"

#include "harness/judge/outcome.h"

namespace capsize::harness {

[[nodiscard]] base::Json to_json(const Outcome& outcome);
/// Distinguishes builds of a binary; no protection against forgery. "crc32c:0123abcd".
[[nodiscard]] std::string checksum(const std::filesystem::path& path);
/// Returns the command that runs the same scenario again: one line for a shell, quoted as needed.
[[nodiscard]] std::string reproduce_line(const Outcome& outcome);
/// The same for a run of a scenario with its seed, in a directory of a store.
[[nodiscard]] std::string reproduce_line(const Scenario& scenario,
                                         const std::filesystem::path& directory,
                                         const std::filesystem::path& store);

}  // namespace capsize::harness

// A JSON file that people write (a scenario, a suite), with comments, and its errors: each names
// file, line and key.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "nemesis/plan/phases.h"

namespace capsize::harness {

/// Reads a file of at most 1 MiB. `kind` names it in errors: "a scenario file".
[[nodiscard]] base::Result<std::string> read_document(const std::filesystem::path& path,
                                                      std::string_view kind);

/// Parses an object in which no key occurs twice. Its version, under the key `format`, must be
/// `version` or missing; the key is removed. `origin` is the file's name for errors.
[[nodiscard]] base::Result<base::Json> parse_document(const std::string& text,
                                                      const std::string& origin, const char* format,
                                                      std::uint64_t version);

/// "night.json:12: key 'runs.0.seeds': found …, expected …".
[[nodiscard]] base::Error error_at(const std::string& text, const std::string& origin,
                                   const nemesis::InvalidValue& invalid);

/// Returns a place as "runs.0.seeds", truncated for a message.
[[nodiscard]] std::string dotted(const base::JsonPlace& place);

}  // namespace capsize::harness

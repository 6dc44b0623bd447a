// The matrix as JSON (docs/FORMATS.md, Scores): for programs, as a baseline, and what the track
// record of the README is generated from.
#pragma once

#include <filesystem>
#include <string>

#include "base/json.h"
#include "base/result.h"
#include "harness/score/matrix.h"

namespace capsize::harness {

inline constexpr const char* kScoreFormat = "capsize-score";
inline constexpr std::uint64_t kScoreVersion = 1;

[[nodiscard]] base::Json to_json(const Matrix& matrix);
/// to_json() as a file: one bug or cell a line, so that a difference shows what changed.
[[nodiscard]] std::string json_text(const Matrix& matrix);
/// Reads what to_json() wrote. Error: file, what was found and what was expected.
[[nodiscard]] base::Result<Matrix> read_matrix(const std::filesystem::path& path);
/// As read_matrix(), from a text; `origin` replaces the file name in errors.
[[nodiscard]] base::Result<Matrix> parse_matrix(const std::string& text, const std::string& origin);

}  // namespace capsize::harness

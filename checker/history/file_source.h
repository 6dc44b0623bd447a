// A file as a source of bytes for a LineReader; "-" is standard input.
#pragma once

#include <filesystem>
#include <optional>

#include "checker/history/line_reader.h"

namespace capsize::checker {

/// Nothing if the file cannot be opened; errno says why. The source closes the file when it goes.
[[nodiscard]] std::optional<LineReader::Source> open_source(const std::filesystem::path& path);

}  // namespace capsize::checker

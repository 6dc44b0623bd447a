// The loop that reads a history: source, bounds, format, cut-off last line.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <variant>

#include "checker/budget.h"
#include "checker/history/history.h"
#include "checker/history/line_reader.h"
#include "checker/history/malformed.h"

namespace capsize::checker {

/// Reads all lines. `format` empty: recognised by the first line that is not empty.
[[nodiscard]] std::variant<History, Malformed, LimitReached> read_history(LineReader& lines,
                                                                          std::string file,
                                                                          std::string_view format,
                                                                          const Budget& budget);

/// The same from a file; "-" is standard input.
[[nodiscard]] std::variant<History, Malformed, LimitReached> read_history_file(
    const std::filesystem::path& path, std::string_view format, const Budget& budget);

}  // namespace capsize::checker

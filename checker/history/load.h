// The loop that reads a history: source, bounds, format, cut-off last line.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <variant>

#include "checker/core/budget.h"
#include "checker/history/format.h"
#include "checker/history/history.h"
#include "checker/history/line_reader.h"
#include "checker/history/malformed.h"
#include "checker/history/read_options.h"

namespace capsize::checker {

/// Returns the named format, or the one that the first non-empty line is in; otherwise an error.
[[nodiscard]] std::variant<const HistoryFormat*, Malformed> choose_format(
    LineReader& lines, const std::string& file, const ReadOptions& options);

/// Reads all lines.
[[nodiscard]] std::variant<History, Malformed, LimitReached> read_history(
    LineReader& lines, std::string file, const ReadOptions& options, const Budget& budget);

/// The same for a file; "-" is standard input.
[[nodiscard]] std::variant<History, Malformed, LimitReached> read_history_file(
    const std::filesystem::path& path, const ReadOptions& options, const Budget& budget);

}  // namespace capsize::checker

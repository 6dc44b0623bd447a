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

/// The format of the first line that is not empty, or the one that is named; else what is wrong.
[[nodiscard]] std::variant<const HistoryFormat*, Malformed> choose_format(
    LineReader& lines, const std::string& file, const ReadOptions& options);

/// Reads all lines.
[[nodiscard]] std::variant<History, Malformed, LimitReached> read_history(
    LineReader& lines, std::string file, const ReadOptions& options, const Budget& budget);

/// The same from a file; "-" is standard input.
[[nodiscard]] std::variant<History, Malformed, LimitReached> read_history_file(
    const std::filesystem::path& path, const ReadOptions& options, const Budget& budget);

}  // namespace capsize::checker

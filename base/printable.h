// Makes text from a history, a log or a file name safe to print to a terminal.
#pragma once

#include <string>
#include <string_view>

namespace capsize::base {

/// Escapes control characters (escape sequences, line feeds, the C1 set), characters that change
/// the writing direction, and bytes that are not UTF-8, as `\x1b`, `\u202e`. The result is one
/// line. All other characters are unchanged.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace capsize::base

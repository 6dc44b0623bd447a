// Text of a history, a log or a file name, as a terminal may show it.
#pragma once

#include <string>
#include <string_view>

namespace capsize::base {

/// On one line and without effect: control characters (escape sequences, line feeds, the C1 set),
/// what changes the direction of writing, and bytes that are no UTF-8 become `\x1b`, `\u202e`.
/// Everything else stays as it is.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace capsize::base

// What a terminal can show: its width, and colours for verdicts.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "checker/core/verdict.h"

namespace capsize::harness {

/// Columns of the terminal on this descriptor; of what is none, $COLUMNS or 80.
[[nodiscard]] std::size_t terminal_width(int descriptor);

/// A terminal, and neither NO_COLOR (any value but empty) nor TERM=dumb asks for plain text.
[[nodiscard]] bool wants_colours(int descriptor);

/// The text in the colour of the verdict: green, red, yellow for unknown and vacuous. Unchanged
/// without colours.
[[nodiscard]] std::string coloured(std::string_view text, checker::Verdict verdict, bool colours);

/// At most `columns` characters; what is cut off leaves "...". Control characters become '?'.
/// ASCII.
[[nodiscard]] std::string fitted(std::string_view text, std::size_t columns);

}  // namespace capsize::harness

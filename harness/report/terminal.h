// Properties of a terminal: its width, and colours for verdicts.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "checker/core/verdict.h"

namespace capsize::harness {

/// Returns the columns of the terminal on this descriptor; if it is none, $COLUMNS or 80.
[[nodiscard]] std::size_t terminal_width(int descriptor);

/// Whether the descriptor is a terminal and neither NO_COLOR (non-empty) nor TERM=dumb is set.
[[nodiscard]] bool wants_colours(int descriptor);

/// Returns the text in the colour of the verdict: green, red, yellow for unknown and vacuous, or
/// magenta for a harness error, which is no failure of the system under test. Unchanged if
/// `colours` is false.
[[nodiscard]] std::string coloured(std::string_view text, checker::Verdict verdict, bool colours);

/// Truncates the text to `columns` characters, ending in "..." if it was longer. Characters other
/// than printable ASCII become '?'.
[[nodiscard]] std::string fitted(std::string_view text, std::size_t columns);

}  // namespace capsize::harness

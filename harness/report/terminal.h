// Properties of a terminal: its width, and colours for verdicts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "checker/core/verdict.h"

namespace capsize::harness {

/// Returns the columns of the terminal on this descriptor; if it is none, $COLUMNS or 80.
[[nodiscard]] std::size_t terminal_width(int descriptor);

/// Whether the descriptor is a terminal and neither NO_COLOR (non-empty) nor TERM=dumb is set.
[[nodiscard]] bool wants_colours(int descriptor);

enum class Colour : std::uint8_t { kNone, kBold, kRed, kGreen, kYellow, kMagenta };
/// Returns the text in this colour; unchanged if `colours` is false.
[[nodiscard]] std::string painted(std::string_view text, Colour colour, bool colours);

/// Returns the text in the colour of the verdict: green, red, yellow for unknown and vacuous, or
/// magenta for a harness error, which is no failure of the system under test. Unchanged if
/// `colours` is false.
[[nodiscard]] std::string coloured(std::string_view text, checker::Verdict verdict, bool colours);

/// Truncates the text to `columns` characters, ending in "..." if it was longer. Characters other
/// than printable ASCII become '?'.
[[nodiscard]] std::string fitted(std::string_view text, std::size_t columns);

}  // namespace capsize::harness

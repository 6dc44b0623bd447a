// Shared by all readers of JSON lines: a value as a ValueId, and the place of an error in a line.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "checker/history/values.h"

namespace simdjson::dom {
class element;
}

namespace capsize::checker {

/// Deeper nesting is refused by the readers, so recursion over a value is bounded.
inline constexpr std::size_t kJsonDepthMax = 32;

[[nodiscard]] ValueId intern_json(ValueTable& values, const simdjson::dom::element& element);

/// The line with each integer that 64 bits do not hold as a text, which intern_json() turns into
/// the number again; nothing where the line has none. O(size).
[[nodiscard]] std::optional<std::string> with_big_integers_as_text(std::string_view line);

/// Parses a text of its own (an option of the command line, a cell). Nothing if it is not JSON, or
/// so deep that no line of JSON could hold it.
[[nodiscard]] std::optional<ValueId> parse_json_value(ValueTable& values, std::string_view json);

/// Whether a text, as it is, would be read as JSON. Quick to say no.
[[nodiscard]] bool reads_like_json(std::string_view text);

struct JsonError {
  std::uint64_t column = 1;
  std::string found;
  std::string expected;
};

/// Where and why a line is not JSON. Slow; only for lines that simdjson has refused already.
[[nodiscard]] JsonError explain_json_error(std::string_view line);

/// The column of the value of a field that the line is known to contain; 1 if it cannot be found.
[[nodiscard]] std::uint64_t column_of(std::string_view line, std::string_view field);

}  // namespace capsize::checker

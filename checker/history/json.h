// Shared by all readers of JSON lines: interning of values, and the column of an error in a line.
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

/// Readers refuse deeper nesting, so recursion over a value is bounded.
inline constexpr std::size_t kJsonDepthMax = 32;

[[nodiscard]] ValueId intern_json(ValueTable& values, const simdjson::dom::element& element);

/// Returns the line with each integer that does not fit into 64 bits written as a string, which
/// intern_json() converts back to the number; nothing if the line has no such integer. O(size).
[[nodiscard]] std::optional<std::string> with_big_integers_as_text(std::string_view line);

/// Parses a single value, such as a command-line option or a cell. Returns nothing if it is not
/// JSON or nested too deeply to be part of a line.
[[nodiscard]] std::optional<ValueId> parse_json_value(ValueTable& values, std::string_view json);

/// Whether an unquoted text is valid JSON. Fast if it is not.
[[nodiscard]] bool reads_like_json(std::string_view text);

struct JsonError {
  std::uint64_t column = 1;
  std::string found;
  std::string expected;
};

/// Explains where and why a line is not JSON. Slow; only for lines that simdjson has refused.
[[nodiscard]] JsonError explain_json_error(std::string_view line);

/// Returns the column of the value of a field that the line contains; 1 if it is not found.
[[nodiscard]] std::uint64_t column_of(std::string_view line, std::string_view field);

}  // namespace capsize::checker

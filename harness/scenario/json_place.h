// Finds the line of a value in a JSON text, for error messages: nlohmann/json does not keep it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include "base/json.h"

namespace capsize::harness {

/// Returns the line (from 1) of the key, or in a list of the value, that `place` denotes; of the
/// deepest part of `place` that exists. Precondition: `text` is JSON, possibly with comments.
[[nodiscard]] std::size_t line_of(std::string_view text, const base::JsonPlace& place);

/// A position in a text that may not be valid JSON.
struct JsonPosition {
  std::size_t line = 1;
  std::string key;  // the key of the outermost object whose value contains it; empty: none
};

/// The position of a byte; the first is 1.
[[nodiscard]] JsonPosition position_of_byte(std::string_view text, std::size_t byte);
/// The position of the bracket that opens this level of nesting; the outermost is 1.
[[nodiscard]] JsonPosition position_of_depth(std::string_view text, std::size_t depth);

/// A key that occurs twice in one object: a mistake, because a reader would use only the last
/// value.
struct DuplicateKey {
  std::string name;
  std::size_t first_line = 1;
  std::size_t line = 1;
};
/// Returns the first duplicate key. Precondition: `text` is JSON, possibly with comments.
[[nodiscard]] std::optional<DuplicateKey> find_duplicate_key(std::string_view text);

}  // namespace capsize::harness

// Where in a JSON text a value stands, for messages to people: nlohmann/json forgets it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include "base/json.h"

namespace capsize::harness {

/// The line, from 1, of the key (or, within a list, of the value) that `place` points at; of the
/// deepest part of it that exists. Precondition: `text` is JSON, perhaps with comments.
[[nodiscard]] std::size_t line_of(std::string_view text, const base::JsonPlace& place);

/// Where in a text, perhaps one that is not JSON, something was found.
struct JsonPosition {
  std::size_t line = 1;
  std::string key;  // of the outermost object, within whose value it is; empty: none
};

/// Bytes count from 1.
[[nodiscard]] JsonPosition position_of_byte(std::string_view text, std::size_t byte);
/// Of the bracket that begins this level of nesting; the outermost is 1.
[[nodiscard]] JsonPosition position_of_depth(std::string_view text, std::size_t depth);

/// A key that one object has twice, which is a mistake: a reader would take the last one only.
struct KeyGivenTwice {
  std::string name;
  std::size_t first_line = 1;
  std::size_t line = 1;
};
/// Precondition: `text` is JSON, perhaps with comments.
[[nodiscard]] std::optional<KeyGivenTwice> key_given_twice(std::string_view text);

}  // namespace capsize::harness

// Where in a JSON text a value stands, for messages to people: nlohmann/json forgets it.
#pragma once

#include <string_view>
#include "base/json.h"

namespace capsize::harness {

/// The line, from 1, of the key (or, within a list, of the value) that `place` points at; of the
/// deepest part of it that exists. Precondition: `text` is JSON, perhaps with comments.
[[nodiscard]] std::size_t line_of(std::string_view text, const base::JsonPlace& place);

}  // namespace capsize::harness

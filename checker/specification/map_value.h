// Map values of a history: {"client": "n1", "fence": 5}.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "checker/history/values.h"

namespace capsize::checker {

/// Key, value, key, value, ...; nothing if the value is not a map.
[[nodiscard]] std::optional<std::span<const ValueId>> map_entries(const ValueTable& values,
                                                                  ValueId map);
/// The value of a field; kNoValue if the value is no map or has no such field.
[[nodiscard]] ValueId map_field(const ValueTable& values, ValueId map, std::string_view field);

}  // namespace capsize::checker

#include "checker/specification/map_value.h"

namespace capsize::checker {

std::optional<std::span<const ValueId>> map_entries(const ValueTable& values, ValueId map) {
  if (values.kind(map) != ValueTable::Kind::kMap) return std::nullopt;
  return values.as_list(map);
}

ValueId map_field(const ValueTable& values, ValueId map, std::string_view field) {
  const auto entries = map_entries(values, map);
  for (std::size_t i = 0; entries && i < entries->size(); i += 2) {
    const ValueId key = (*entries)[i];
    if (values.kind(key) == ValueTable::Kind::kText && values.as_text(key) == field) {
      return (*entries)[i + 1];
    }
  }
  return kNoValue;
}

}  // namespace capsize::checker

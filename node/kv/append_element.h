// An element joined to the JSON text of a value: what `append` does, alone or in a transaction.
#pragma once

#include <string>
#include <string_view>

namespace capsize::kv {

/// What stands for an absent key.
inline constexpr std::string_view kAbsent = "null";

/// Appends in place: to an array an element, to a string a string; absent counts as an empty array.
/// Returns an error of node/PROTOCOL.md, and then `value` is unchanged; empty if all is well.
/// Amortised O(size of the element), however long the value is already.
[[nodiscard]] std::string_view append_element(std::string& value, std::string_view element);

}  // namespace capsize::kv

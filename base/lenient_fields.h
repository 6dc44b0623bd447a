// Fields of JSON of unknown origin, for displays: a field that is missing or has another type reads
// as nothing, and texts are cut. Where a wrong type is an error to report, read with Json.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace capsize::base {

/// The value of a key; null if it is missing or `object` is no object.
[[nodiscard]] const Json& field(const Json& object, std::string_view key);
/// The text of a key, cut after `bytes_max` bytes, at the end of a character, with "…" in place of
/// the rest; empty if it is no text.
[[nodiscard]] std::string text_field(const Json& object, std::string_view key,
                                     std::size_t bytes_max);
/// Nothing if it is no integer from 0 on; a fraction is cut off.
[[nodiscard]] std::optional<std::uint64_t> unsigned_field(const Json& object, std::string_view key);
/// Nothing if it is no finite number.
[[nodiscard]] std::optional<double> number_field(const Json& object, std::string_view key);
/// The texts of a list, each cut as by text_field(), at most `count_max`; other elements are left
/// out.
[[nodiscard]] std::vector<std::string> texts_field(const Json& object, std::string_view key,
                                                   std::size_t count_max, std::size_t bytes_max);

/// The text, cut as by text_field().
[[nodiscard]] std::string cut_text(std::string_view text, std::size_t bytes_max);

}  // namespace capsize::base

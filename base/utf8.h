// UTF-8 (RFC 3629), strictly: no surrogates, no overlong encodings.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace capsize::base {

struct Utf8Character {
  std::uint32_t character = 0;
  std::size_t bytes = 0;  // 0: the text does not begin with a character in UTF-8
};

/// Decodes the first character. Precondition: the text is not empty.
[[nodiscard]] Utf8Character decode_utf8(std::string_view text);

}  // namespace capsize::base

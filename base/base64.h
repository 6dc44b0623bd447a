// Base64 (RFC 4648, section 4): bytes within a text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace capsize::base {

/// Standard alphabet, with padding.
[[nodiscard]] std::string to_base64(std::string_view bytes);

/// Returns the bytes; nothing for a text that to_base64() does not write: another length, a
/// character outside of the alphabet (line feeds included), padding elsewhere.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

}  // namespace capsize::base

// Finds numbers in a request's value that the node cannot represent exactly. The node stores 64-bit
// integers, signed or unsigned, and all other numbers as doubles. A number with more digits would
// be rounded, and a client would read a value other than the acknowledged one. Such a request is
// refused.
#pragma once

#include <optional>
#include <string_view>

namespace capsize::codec {

/// The first number in JSON text, outside of strings, that is not represented exactly: an integer
/// beyond 64 bits, "-0", or a fraction that would be printed with other digits (such as
/// 0.30000000000000001). A different notation of the same number (1e2 for 100.0) is fine. One pass.
/// Precondition: `json` is valid JSON.
[[nodiscard]] std::optional<std::string_view> inexact_number(std::string_view json);

}  // namespace capsize::codec

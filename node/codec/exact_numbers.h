// Numbers that a request's value loses something of. The node keeps an integer of 64 bits, signed
// or not, and any other number as a double; a longer one would be rounded, and what a client reads
// would not be what its write was acknowledged with. Such a request is refused instead.
#pragma once

#include <optional>
#include <string_view>

namespace capsize::codec {

/// The first number in JSON text, outside of strings, that is not kept exactly: an integer beyond
/// 64 bits, "-0", or a fraction that is written with other digits afterwards (as
/// 0.30000000000000001). Another notation of the same number (1e2 for 100.0) is kept. One pass.
/// Precondition: `json` is valid JSON.
[[nodiscard]] std::optional<std::string_view> inexact_number(std::string_view json);

}  // namespace capsize::codec

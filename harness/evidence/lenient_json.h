// Fields of JSON that comes from elsewhere, for a terminal, beyond base/lenient_fields.h: a field
// that is missing, or has another type or an absurd value, counts as missing. Texts become
// printable and bounded.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/time.h"

namespace capsize::harness::lenient {

/// Returns a text as one that a terminal can show, of some KiB at most.
[[nodiscard]] std::string printable(std::string_view text);

[[nodiscard]] std::string text(const base::Json& object, std::string_view key);
[[nodiscard]] std::vector<std::string> texts(const base::Json& list);
/// Within 62 bits.
[[nodiscard]] std::optional<std::int64_t> integer(const base::Json& object, std::string_view key);
/// An integer of at least 0; 0 if it is missing.
[[nodiscard]] std::uint64_t count(const base::Json& object, std::string_view key);
[[nodiscard]] double real(const base::Json& object, std::string_view key);
[[nodiscard]] bool flag(const base::Json& object, std::string_view key);
/// A number of milliseconds, at least 0.
[[nodiscard]] std::optional<base::Duration> milliseconds(const base::Json& object,
                                                         std::string_view key);
/// The same value, with keys and texts that can be shown.
[[nodiscard]] base::Json cleaned(const base::Json& value);

}  // namespace capsize::harness::lenient

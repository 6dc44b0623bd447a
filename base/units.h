// Durations and sizes with units: 500ms, 30s, 2m; 64KiB, 8MiB.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace capsize::base {

/// Parses a number with ns, us, ms, s, m or h. Fractions are allowed. Error: a number without a
/// unit, or a duration that exceeds 64 bits of nanoseconds.
[[nodiscard]] Result<Duration> parse_duration(std::string_view text);
/// Parses a number with B, KiB, MiB or GiB.
[[nodiscard]] Result<std::uint64_t> parse_size(std::string_view text);
/// The shortest form that parse_duration parses to the same duration: "1.5s", "20ms".
[[nodiscard]] std::string format_duration(Duration duration);

}  // namespace capsize::base

// Durations and sizes as people write them: 500ms, 30s, 2m; 64KiB, 8MiB.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace capsize::base {

/// A number with ns, us, ms, s, m or h; fractions are allowed, a bare number is not, nor what does
/// not fit 64 bits of nanoseconds.
[[nodiscard]] Result<Duration> parse_duration(std::string_view text);
/// A number with B, KiB, MiB or GiB.
[[nodiscard]] Result<std::uint64_t> parse_size(std::string_view text);
/// Shortest form that parse_duration reads back: "1.5s", "20ms".
[[nodiscard]] std::string format_duration(Duration duration);

}  // namespace capsize::base

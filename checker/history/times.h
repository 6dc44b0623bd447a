// Converts times in files to nanoseconds.
//
// Numbers are nanoseconds unless the caller names another unit. The unit is never guessed, because
// every interval depends on it. A date with a time of day (ISO 8601, RFC 3339) needs no unit; it
// counts from 1970, in UTC if it has no offset.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace capsize::checker {

/// Parses digits, with a fraction only if the unit is known, or a date with a time of day. Returns
/// nothing for any other text, and if the time does not fit into 64 bits. O(size).
[[nodiscard]] std::optional<std::int64_t> parse_time(std::string_view text,
                                                     std::optional<std::int64_t> unit);

/// Returns number times unit; the largest time if it does not fit into 64 bits.
[[nodiscard]] std::int64_t scaled_time(std::int64_t number, std::int64_t unit);
/// A number with a fraction is a time only if the unit is known. Rounds to nanoseconds. This keeps
/// the order of times, but times that a double cannot distinguish become equal.
[[nodiscard]] std::optional<std::int64_t> scaled_time(double number,
                                                      std::optional<std::int64_t> unit);

/// Returns the time from one to the other; the largest or smallest time if the difference does not
/// fit into 64 bits.
[[nodiscard]] std::int64_t time_between(std::int64_t from, std::int64_t to);

/// Returns the nanoseconds in a unit: ns, us, ms or s.
[[nodiscard]] std::optional<std::int64_t> time_unit(std::string_view name);

/// Returns the unit that a time since 1970 seems to have by its magnitude ("milliseconds", and its
/// name for --time-unit), unless that is nanoseconds.
struct LikelyUnit {
  std::string_view plural;
  std::string_view name;
};
[[nodiscard]] std::optional<LikelyUnit> likely_unit(std::int64_t time);

}  // namespace capsize::checker

// Times as files write them, in nanoseconds.
//
// Numbers are nanoseconds unless the caller says otherwise; what the unit might be is never
// guessed, since every interval depends on it. A date with its time (ISO 8601, RFC 3339) says it
// all, and counts from 1970 in UTC where it has no offset.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace capsize::checker {

/// Digits, with a fraction only where the unit is known, or a date with its time. Nothing for
/// anything else, and where 64 bits do not hold it. O(size).
[[nodiscard]] std::optional<std::int64_t> parse_time(std::string_view text,
                                                     std::optional<std::int64_t> unit);

/// Number times unit; the largest time where 64 bits do not hold it.
[[nodiscard]] std::int64_t scaled_time(std::int64_t number, std::int64_t unit);
/// A number with a fraction is a time only where the unit is known. Rounded to nanoseconds, which
/// keeps the order of times, but may make two equal that are closer than a double can tell.
[[nodiscard]] std::optional<std::int64_t> scaled_time(double number,
                                                      std::optional<std::int64_t> unit);

/// From one time to another; the largest or smallest time where 64 bits do not hold the difference.
[[nodiscard]] std::int64_t time_between(std::int64_t from, std::int64_t to);

/// Nanoseconds in a unit by its name: ns, us, ms, s.
[[nodiscard]] std::optional<std::int64_t> time_unit(std::string_view name);

/// What the magnitude of a time since 1970 looks like ("milliseconds"), if it is not nanoseconds;
/// with the name of the unit for --time-unit.
struct LikelyUnit {
  std::string_view plural;
  std::string_view name;
};
[[nodiscard]] std::optional<LikelyUnit> likely_unit(std::int64_t time);

}  // namespace capsize::checker

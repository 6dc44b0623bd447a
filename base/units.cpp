#include "base/units.h"

#include <fmt/core.h>

#include <array>
#include <charconv>
#include <cmath>

namespace capsize::base {
namespace {

struct Unit {
  std::string_view name;
  double factor;
};

constexpr std::array<Unit, 6> kTimes = {
    {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9}, {"h", 3600e9}}};
constexpr std::array<Unit, 4> kSizes = {
    {{"B", 1}, {"KiB", 1024}, {"MiB", 1024.0 * 1024}, {"GiB", 1024.0 * 1024 * 1024}}};
// The largest double below 2^63.
constexpr double kLargest = 9223372036854774784.0;

template <std::size_t N>
Result<double> parse(std::string_view text, const std::array<Unit, N>& units,
                     std::string_view expected) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const auto suffix = std::string_view(text).substr(static_cast<std::size_t>(end - text.data()));
  if (error == std::errc() && std::isfinite(number) && number >= 0) {
    for (const Unit& unit : units) {
      if (unit.name != suffix) continue;
      if (number * unit.factor <= kLargest) return number * unit.factor;
    }
  }
  return Error{fmt::format("found '{}', expected {}", text, expected)};
}

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
  const auto value = parse(text, kTimes, "a duration such as 500ms, 30s or 2m");
  if (!value) return value.error();
  return Duration(static_cast<std::int64_t>(std::llround(value.value())));
}

Result<std::uint64_t> parse_size(std::string_view text) {
  const auto value = parse(text, kSizes, "a size such as 64KiB, 8MiB or 4GiB");
  if (!value) return value.error();
  return static_cast<std::uint64_t>(value.value());
}

std::string format_duration(Duration duration) {
  const auto count = static_cast<double>(duration.count());
  if (std::abs(count) >= 1e9) return fmt::format("{}s", count / 1e9);
  if (std::abs(count) >= 1e6) return fmt::format("{}ms", count / 1e6);
  if (std::abs(count) >= 1e3) return fmt::format("{}us", count / 1e3);
  return fmt::format("{}ns", duration.count());
}

}  // namespace capsize::base

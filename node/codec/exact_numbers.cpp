#include "node/codec/exact_numbers.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>

#include "base/json.h"

namespace capsize::codec {
namespace {

constexpr std::string_view kNumberBytes = "0123456789+-.eE";

/// An integer of at most this many digits fits into 64 bits.
constexpr std::size_t kShortDigits = 18;

constexpr std::int64_t kExponentMax = std::int64_t{1} << 40;

/// The value of a decimal number independent of its notation: ±0.DIGITS × 10^exponent.
struct Decimal {
  bool negative = false;
  std::string digits;  // no zeros at either end; empty: zero
  std::int64_t exponent = 0;
  friend bool operator==(const Decimal&, const Decimal&) = default;
};

Decimal decimal_of(std::string_view number) {
  Decimal decimal;
  decimal.negative = number.starts_with('-');
  if (decimal.negative) number.remove_prefix(1);
  const std::size_t mark = number.find_first_of("eE");
  if (mark != std::string_view::npos) {
    std::string_view power = number.substr(mark + 1);
    if (power.starts_with('+')) power.remove_prefix(1);
    std::from_chars(power.data(), power.data() + power.size(), decimal.exponent);
    // Far beyond the exponent of any double, and small enough that the sums below do not overflow
    // (a client may send "0e9223372036854775807").
    decimal.exponent = std::clamp(decimal.exponent, -kExponentMax, kExponentMax);
  }
  const std::string_view mantissa = number.substr(0, mark);
  const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
  decimal.digits = mantissa.substr(0, point);
  if (point < mantissa.size()) decimal.digits += mantissa.substr(point + 1);
  decimal.exponent += static_cast<std::int64_t>(point);
  const std::size_t first = decimal.digits.find_first_not_of('0');
  if (first == std::string::npos) return {decimal.negative, "", 0};
  decimal.digits.erase(0, first);
  decimal.exponent -= static_cast<std::int64_t>(first);
  decimal.digits.resize(decimal.digits.find_last_not_of('0') + 1);
  return decimal;
}

bool fits_64_bits(std::string_view integer) {
  const char* const end = integer.data() + integer.size();
  std::int64_t negative = 0;
  std::uint64_t positive = 0;
  const auto parsed = integer.starts_with('-') ? std::from_chars(integer.data(), end, negative)
                                               : std::from_chars(integer.data(), end, positive);
  return parsed.ec == std::errc() && parsed.ptr == end;
}

bool is_exact(std::string_view number) {
  if (number.find_first_of(".eE") == std::string_view::npos) {
    return number != "-0" && (number.size() <= kShortDigits || fits_64_bits(number));
  }
  double value = 0;
  std::from_chars(number.data(), number.data() + number.size(), value);
  const Decimal asked = decimal_of(number);
  char shortest[32];
  const auto end = std::to_chars(std::begin(shortest), std::end(shortest), value).ptr;
  // Compared with the shortest digits that identify the double, and with those that our own encoder
  // prints: a client may have read either of them.
  return asked == decimal_of({shortest, end}) || asked == decimal_of(base::Json(value).dump());
}

/// The position of the closing quote of the string whose opening quote is at `at`: the next quote
/// that an even number of backslashes precedes.
std::size_t end_of_string(std::string_view json, std::size_t at) {
  while (true) {
    const std::size_t quote = json.find('"', at + 1);
    if (quote == std::string_view::npos) return json.size();
    std::size_t text_end = quote;
    while (json[text_end - 1] == '\\') --text_end;
    if ((quote - text_end) % 2 == 0) return quote;
    at = quote;
  }
}

}  // namespace

std::optional<std::string_view> inexact_number(std::string_view json) {
  for (std::size_t at = 0; at < json.size(); ++at) {
    if (json[at] == '"') {
      at = end_of_string(json, at);
    } else if (json[at] == '-' || (json[at] >= '0' && json[at] <= '9')) {
      const std::size_t end = std::min(json.find_first_not_of(kNumberBytes, at), json.size());
      const std::string_view number = json.substr(at, end - at);
      if (!is_exact(number)) return number;
      at = end - 1;
    }
  }
  return std::nullopt;
}

}  // namespace capsize::codec

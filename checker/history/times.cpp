#include "checker/history/times.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <limits>

namespace capsize::checker {
namespace {

constexpr std::int64_t kTimeMax = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kSecond = 1'000'000'000;

// Parses from left to right; each step removes what it has read from the text.
class TimeScanner {
 public:
  explicit TimeScanner(std::string_view text) : rest_(text) {}

  bool take(char wanted) {
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool take_any(std::string_view wanted) {
    if (rest_.empty() || wanted.find(rest_.front()) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
  }
  // Parses exactly `count` digits.
  std::optional<int> digits(std::size_t count) {
    int number = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (i >= rest_.size() || rest_[i] < '0' || rest_[i] > '9') return std::nullopt;
      number = number * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(count);
    return number;
  }
  // Parses the digits after the point as fractions of `unit`; drops digits beyond nanoseconds.
  std::optional<std::int64_t> fraction(std::int64_t unit) {
    std::int64_t sum = 0;
    std::size_t count = 0;
    for (; count < rest_.size() && rest_[count] >= '0' && rest_[count] <= '9'; ++count) {
      unit /= 10;
      sum += unit * (rest_[count] - '0');
    }
    if (count == 0) return std::nullopt;
    rest_.remove_prefix(count);
    return sum;
  }
  std::string_view rest() const { return rest_; }
  void skip(std::size_t count) { rest_.remove_prefix(count); }

 private:
  std::string_view rest_;
};

std::optional<std::int64_t> parse_number(std::string_view text, std::optional<std::int64_t> unit) {
  std::int64_t whole = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, whole);
  if (error != std::errc() || whole < 0) return std::nullopt;
  if (stop == end) return scaled_time(whole, unit.value_or(1));
  TimeScanner scanner(text.substr(static_cast<std::size_t>(stop - text.data())));
  if (!scanner.take('.')) return std::nullopt;
  if (!unit) {
    // Programs that keep whole numbers as doubles write 5.0.
    const bool is_whole =
        !scanner.rest().empty() && scanner.rest().find_first_not_of('0') == std::string_view::npos;
    return is_whole ? std::optional(whole) : std::nullopt;
  }
  const auto fraction = scanner.fraction(*unit);
  const std::int64_t scaled = scaled_time(whole, *unit);
  if (!fraction || !scanner.rest().empty() || scaled > kTimeMax - *fraction) return std::nullopt;
  return scaled + *fraction;
}

// Seconds east of Greenwich: Z, +02:00, +0200, +02, or nothing.
std::optional<int> offset_seconds(TimeScanner& scanner) {
  if (scanner.rest().empty() || scanner.take_any("Zz")) return 0;
  const int sign = scanner.take('-') ? -1 : 1;
  if (sign == 1 && !scanner.take('+')) return std::nullopt;
  const auto hours = scanner.digits(2);
  if (!hours) return std::nullopt;
  scanner.take(':');
  const auto minutes = scanner.rest().empty() ? std::optional(0) : scanner.digits(2);
  if (!minutes) return std::nullopt;
  return sign * (*hours * 3600 + *minutes * 60);
}

std::optional<std::chrono::sys_days> parse_date(TimeScanner& scanner) {
  const auto year = scanner.digits(4);
  if (!year || !scanner.take('-')) return std::nullopt;
  const auto month = scanner.digits(2);
  if (!month || !scanner.take('-')) return std::nullopt;
  const auto day = scanner.digits(2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  // 64 bits of nanoseconds since 1970 end in 2262.
  constexpr int kFirstYear = 1970, kLastYear = 2261;
  if (!date.ok() || *year < kFirstYear || *year > kLastYear) return std::nullopt;
  return std::chrono::sys_days(date);
}

std::optional<std::int64_t> parse_date_and_time(std::string_view text) {
  TimeScanner scanner(text);
  const auto date = parse_date(scanner);
  if (!date || !scanner.take_any("Tt ")) return std::nullopt;
  const auto hours = scanner.digits(2);
  if (!hours || !scanner.take(':')) return std::nullopt;
  const auto minutes = scanner.digits(2);
  if (!minutes) return std::nullopt;
  std::optional<int> seconds = 0;
  if (scanner.take(':')) seconds = scanner.digits(2);
  std::optional<std::int64_t> nanoseconds = 0;
  if (scanner.take_any(".,")) nanoseconds = scanner.fraction(kSecond);
  if (!seconds || !nanoseconds) return std::nullopt;
  // 60 is a leap second.
  if (*hours > 23 || *minutes > 59 || *seconds > 60) return std::nullopt;
  scanner.take(' ');
  const auto offset = offset_seconds(scanner);
  if (!offset || !scanner.rest().empty()) return std::nullopt;
  const std::int64_t days = date->time_since_epoch().count();
  const std::int64_t whole = days * 86'400 + *hours * 3600 + *minutes * 60 + *seconds - *offset;
  if (whole < 0) return std::nullopt;
  return whole * kSecond + *nanoseconds;
}

struct Unit {
  std::string_view name;
  std::string_view plural;
  std::int64_t nanoseconds;
};
constexpr std::array<Unit, 4> kUnits = {{{"ns", "nanoseconds", 1},
                                         {"us", "microseconds", 1'000},
                                         {"ms", "milliseconds", 1'000'000},
                                         {"s", "seconds", kSecond}}};

}  // namespace

std::optional<std::int64_t> parse_time(std::string_view text, std::optional<std::int64_t> unit) {
  if (const auto number = parse_number(text, unit)) return number;
  return parse_date_and_time(text);
}

std::int64_t scaled_time(std::int64_t number, std::int64_t unit) {
  if (number <= 0) return number == 0 ? 0 : number * (number > -kTimeMax / unit ? unit : 1);
  return number > kTimeMax / unit ? kTimeMax : number * unit;
}

std::optional<std::int64_t> scaled_time(double number, std::optional<std::int64_t> unit) {
  constexpr double kDoubleMax = 9e18;
  const bool is_whole = number == std::floor(number);
  if (!unit && !is_whole) return std::nullopt;
  const double scaled = number * static_cast<double>(unit.value_or(1));
  if (!(std::abs(scaled) < kDoubleMax)) return std::nullopt;
  return std::llround(scaled);
}

std::optional<std::int64_t> time_unit(std::string_view name) {
  for (const Unit& unit : kUnits) {
    if (unit.name == name) return unit.nanoseconds;
  }
  return std::nullopt;
}

std::optional<LikelyUnit> likely_unit(std::int64_t time) {
  // The years 2001 to 2096, in each unit.
  constexpr std::int64_t kFrom = 1'000'000'000, kTo = 4'000'000'000;
  for (const Unit& unit : kUnits) {
    const std::int64_t per_second = kSecond / unit.nanoseconds;
    if (unit.name == "ns" || time / per_second < kFrom || time / per_second > kTo) continue;
    return LikelyUnit{unit.plural, unit.name};
  }
  return std::nullopt;
}

std::int64_t time_between(std::int64_t from, std::int64_t to) {
  std::int64_t difference = 0;
  if (!__builtin_sub_overflow(to, from, &difference)) return difference;
  using Limits = std::numeric_limits<std::int64_t>;
  return to > from ? Limits::max() : Limits::min();
}

}  // namespace capsize::checker

#include "harness/suite/dates.h"

#include <fmt/chrono.h>

#include <charconv>
#include <chrono>

namespace capsize::harness {
namespace {

/// The number in `text`, which has digits only; -1 otherwise.
int number(std::string_view text) {
  int value = -1;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value).ptr;
  return end == text.data() + text.size() && value >= 0 ? value : -1;
}

std::chrono::sys_seconds now() {
  return std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());
}

}  // namespace

bool is_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  const int year = number(text.substr(0, 4));
  const int month = number(text.substr(5, 2));
  const int day = number(text.substr(8, 2));
  return year > 0 && month > 0 && day > 0 &&
         std::chrono::year_month_day(std::chrono::year(year),
                                     std::chrono::month(static_cast<unsigned>(month)),
                                     std::chrono::day(static_cast<unsigned>(day)))
             .ok();
}

std::string today() {
  return fmt::format("{:%Y-%m-%d}", now());
}

std::string utc_now() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", now());
}

}  // namespace capsize::harness

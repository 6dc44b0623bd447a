#include "harness/page/page_text.h"

#include <fmt/core.h>

#include "base/printable.h"

namespace capsize::harness {

using base::Json;

std::string page_text(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return base::printable(text);
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return fmt::format("{}… ({} bytes left out)", base::printable(text.substr(0, end)),
                     text.size() - end);
}

std::string text_in(const Json& object, std::string_view key, std::size_t bytes_max) {
  const Json& value = base::field(object, key);
  return value.is_string() ? page_text(value.text(), bytes_max) : "";
}

std::string value_in(const Json& object, std::string_view key, std::size_t bytes_max) {
  const Json& value = base::field(object, key);
  if (value.is_null()) return "";
  return page_text(value.is_string() ? value.text() : value.dump(), bytes_max);
}

std::optional<std::int64_t> integer_in(const Json& object, std::string_view key) {
  const auto number = base::number_field(object, key);
  constexpr double kMax = 9e18;
  if (!number || *number > kMax || *number < -kMax) return std::nullopt;
  const Json& value = base::field(object, key);
  return value.is_integer() ? value.get<std::int64_t>() : static_cast<std::int64_t>(*number);
}

bool is_set_in(const Json& object, std::string_view key) {
  const Json& value = base::field(object, key);
  return value.is_boolean() && value.get<bool>();
}

Json json_of(std::optional<double> number) {
  return number ? Json(*number) : Json();
}

}  // namespace capsize::harness

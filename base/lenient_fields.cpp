#include "base/lenient_fields.h"

#include <cmath>

namespace capsize::base {

const Json& field(const Json& object, std::string_view key) {
  static const Json kNothing = nullptr;
  const Json* found = object.find(key);
  return found == object.end() ? kNothing : *found;
}

std::string cut_text(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return std::string(text);
  std::size_t end = bytes_max;
  // Bytes 10xxxxxx continue a character. A text that is not UTF-8 may have any number of them.
  for (int back = 0; back < 3 && end > 0; ++back) {
    if ((static_cast<unsigned char>(text[end]) & 0xC0U) != 0x80U) break;
    --end;
  }
  return std::string(text.substr(0, end)) + "…";
}

std::string text_field(const Json& object, std::string_view key, std::size_t bytes_max) {
  const Json& value = field(object, key);
  return value.is_string() ? cut_text(value.text(), bytes_max) : std::string();
}

std::optional<double> number_field(const Json& object, std::string_view key) {
  const Json& value = field(object, key);
  if (!value.is_number()) return std::nullopt;
  const double number = value.get<double>();
  return std::isfinite(number) ? std::optional(number) : std::nullopt;
}

std::optional<std::uint64_t> unsigned_field(const Json& object, std::string_view key) {
  const Json& value = field(object, key);
  if (value.is_unsigned()) return value.get<std::uint64_t>();
  const auto number = number_field(object, key);
  constexpr double kBeyond = 18446744073709551616.0;  // 2^64
  if (!number || *number < 0 || *number >= kBeyond) return std::nullopt;
  return static_cast<std::uint64_t>(*number);
}

std::vector<std::string> texts_field(const Json& object, std::string_view key,
                                     std::size_t count_max, std::size_t bytes_max) {
  std::vector<std::string> texts;
  const Json& list = field(object, key);
  if (!list.is_array()) return texts;
  for (const Json& element : list) {
    if (texts.size() == count_max) break;
    if (element.is_string()) texts.push_back(cut_text(element.text(), bytes_max));
  }
  return texts;
}

}  // namespace capsize::base

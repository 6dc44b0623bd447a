#include "harness/evidence/lenient_json.h"

#include <algorithm>

#include "base/lenient_fields.h"
#include "base/printable.h"

namespace capsize::harness::lenient {

using base::Json;

std::string printable(std::string_view text) {
  constexpr std::size_t kBytesMax = 4096;
  return base::printable(text.substr(0, kBytesMax));
}

std::string text(const Json& object, std::string_view key) {
  const Json& value = base::field(object, key);
  return value.is_string() ? printable(value.text()) : std::string();
}

std::vector<std::string> texts(const Json& list) {
  std::vector<std::string> all;
  for (const Json& element : list) {
    if (element.is_string()) all.push_back(printable(element.text()));
  }
  return all;
}

std::optional<std::int64_t> integer(const Json& object, std::string_view key) {
  constexpr std::int64_t kMax = std::int64_t{1} << 62;
  const Json& value = base::field(object, key);
  if (!value.is_integer() || value < Json(-kMax) || value > Json(kMax)) return std::nullopt;
  return value.get<std::int64_t>();
}

std::uint64_t count(const Json& object, std::string_view key) {
  const std::int64_t number = integer(object, key).value_or(0);
  return static_cast<std::uint64_t>(std::max<std::int64_t>(number, 0));
}

double real(const Json& object, std::string_view key) {
  const Json& value = base::field(object, key);
  return value.is_number() ? value.get<double>() : 0;
}

bool flag(const Json& object, std::string_view key) {
  const Json& value = base::field(object, key);
  return value.is_boolean() && value.get<bool>();
}

std::optional<base::Duration> milliseconds(const Json& object, std::string_view key) {
  constexpr std::int64_t kMax = std::int64_t{1} << 40;
  const auto number = integer(object, key);
  if (!number || *number < 0 || *number > kMax) return std::nullopt;
  return std::chrono::milliseconds(*number);
}

Json cleaned(const Json& value) {
  if (value.is_string()) return printable(value.text());
  if (value.is_array()) {
    Json list = Json::array();
    for (const Json& element : value) list.push_back(cleaned(element));
    return list;
  }
  if (!value.is_object()) return value;
  Json object = Json::object();
  for (const auto& [key, element] : value.items()) object[printable(key)] = cleaned(element);
  return object;
}

}  // namespace capsize::harness::lenient

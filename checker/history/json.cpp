#include "checker/history/json.h"

#include <fmt/core.h>
#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/json.h"
#include "checker/history/malformed.h"

namespace capsize::checker {
namespace {

using simdjson::dom::element_type;

// 1.0 is the number 1, because JSON has only one kind of number.
std::optional<std::int64_t> whole_number(double value) {
  constexpr double kExactMax = 9007199254740992.0;  // 2^53: above it, not every integer is exact
  if (!(std::abs(value) < kExactMax) || value != std::floor(value)) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

// U+FFFE is no character, so no string of a client begins with it.
constexpr std::string_view kBigIntegerMark = "\xef\xbf\xbe:";
constexpr std::size_t kDigitsThatFit = 18;

bool is_big_integer(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return text.size() > kDigitsThatFit && text.front() != '0' &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

// Returns the digits of a string that with_big_integers_as_text() wrote.
std::optional<std::string_view> big_integer(std::string_view text) {
  if (!text.starts_with(kBigIntegerMark)) return std::nullopt;
  text.remove_prefix(kBigIntegerMark.size());
  return is_big_integer(text) ? std::optional(text) : std::nullopt;
}

}  // namespace

std::optional<std::string> with_big_integers_as_text(std::string_view line) {
  if (line.find(kBigIntegerMark) != std::string_view::npos) return std::nullopt;
  std::string out;
  std::size_t copied = 0;
  for (std::size_t at = 0; at < line.size();) {
    const char c = line[at];
    if (c == '"') {
      for (++at; at < line.size() && line[at] != '"'; ++at) at += line[at] == '\\' ? 1 : 0;
      ++at;
      continue;
    }
    if (c != '-' && (c < '0' || c > '9')) {
      ++at;
      continue;
    }
    const std::size_t end = std::min(line.find_first_not_of("-+.eE0123456789", at), line.size());
    const std::string_view number = line.substr(at, end - at);
    if (is_big_integer(number)) {
      out.append(line.substr(copied, at - copied));
      out.append("\"").append(kBigIntegerMark).append(number).append("\"");
      copied = end;
    }
    at = end;
  }
  if (out.empty()) return std::nullopt;
  return out.append(line.substr(copied));
}

ValueId intern_json(ValueTable& values, const simdjson::dom::element& element) {
  switch (element.type()) {
    case element_type::NULL_VALUE:
      return kNullValue;
    case element_type::INT64:
      return values.integer(element.get_int64().value_unsafe());
    case element_type::STRING: {
      const std::string_view text = element.get_string().value_unsafe();
      if (const auto digits = big_integer(text)) return values.raw(*digits);
      return values.text(text);
    }
    case element_type::DOUBLE:
      if (const auto whole = whole_number(element.get_double().value_unsafe())) {
        return values.integer(*whole);
      }
      break;
    case element_type::ARRAY: {
      std::vector<ValueId> elements;
      const simdjson::dom::array array = element.get_array().value_unsafe();
      for (const auto child : array) {
        elements.push_back(intern_json(values, child));
      }
      return values.list(elements);
    }
    case element_type::OBJECT: {
      std::vector<ValueId> members;
      const simdjson::dom::object object = element.get_object().value_unsafe();
      for (const auto& [name, value] : object) {
        members.push_back(values.text(name));
        members.push_back(intern_json(values, value));
      }
      return values.map(members);
    }
    default:
      break;
  }
  return values.raw(simdjson::minify(element));
}

std::optional<ValueId> parse_json_value(ValueTable& values, std::string_view json) {
  simdjson::dom::parser parser;
  if (parser.allocate(std::max<std::size_t>(json.size(), 64), kJsonDepthMax - 1) !=
      simdjson::SUCCESS) {
    return std::nullopt;
  }
  simdjson::dom::element element;
  if (parser.parse(json.data(), json.size()).get(element) != simdjson::SUCCESS) return std::nullopt;
  return intern_json(values, element);
}

bool reads_like_json(std::string_view text) {
  constexpr std::string_view kBegins = "-0123456789\"[{tfn \t\r\n";
  if (text.empty() || kBegins.find(text.front()) == std::string_view::npos) return false;
  ValueTable scratch;
  return parse_json_value(scratch, text).has_value();
}

JsonError explain_json_error(std::string_view line) {
  base::JsonSyntaxError error;
  if (!base::Json::parse(line, &error).is_invalid() || error.too_deep) {
    return {1, "a value that is nested too deeply or a number that is too large",
            fmt::format("at most {} levels and 64-bit numbers", kJsonDepthMax)};
  }
  if (error.byte == 0) return {1, "bytes that are not UTF-8", "JSON"};
  if (error.byte > line.size()) {
    return {line.size() + 1, "the end of the line", "the rest of a JSON object"};
  }
  const std::size_t begin = error.byte - std::min(error.byte, error.token.size());
  return {begin + 1, fmt::format("\"{}\"", excerpt(line.substr(begin, 20))), "JSON to continue"};
}

std::uint64_t column_of(std::string_view line, std::string_view field) {
  const std::string quoted = fmt::format("\"{}\"", field);
  for (std::size_t at = line.find(quoted); at != std::string_view::npos;
       at = line.find(quoted, at + 1)) {
    std::size_t value = line.find_first_not_of(" \t", at + quoted.size());
    if (value == std::string_view::npos || line[value] != ':') continue;
    value = line.find_first_not_of(" \t", value + 1);
    return (value == std::string_view::npos ? at : value) + 1;
  }
  // A path ends with the name of the field itself.
  const std::size_t dot = field.rfind('.');
  return dot == std::string_view::npos ? 1 : column_of(line, field.substr(dot + 1));
}

}  // namespace capsize::checker

#include "nemesis/model/parameters.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/check.h"
#include "base/mismatch.h"
#include "base/units.h"
#include "nemesis/model/cluster.h"

namespace capsize::nemesis {
namespace {

using base::Json;

std::optional<base::Duration> parse(const Json& value) {
  if (!value.is_string()) return std::nullopt;
  std::string text = value.get<std::string>();
  const bool back = text.starts_with('-');
  const auto parsed = base::parse_duration(std::string_view(text).substr(back ? 1 : 0));
  if (!parsed || parsed.value() > std::chrono::hours(1)) return std::nullopt;
  return back ? -parsed.value() : parsed.value();
}

bool in_bounds(const Parameter& parameter, const Json& value) {
  const auto number = value.get<double>();
  return number >= parameter.min && number <= parameter.max;
}

bool fits(const Parameter& parameter, const Json& value) {
  switch (parameter.type) {
    case Parameter::Type::kDuration:
      return parse(value).has_value();
    case Parameter::Type::kProbability:
      return value.is_number() && value.get<double>() >= 0 && value.get<double>() <= 1;
    case Parameter::Type::kNumber:
      return value.is_number() && in_bounds(parameter, value);
    case Parameter::Type::kCount:
      return value.is_integer() && in_bounds(parameter, value);
    case Parameter::Type::kChoice:
      return value.is_string() && (parameter.choices.empty() ||
                                   std::find(parameter.choices.begin(), parameter.choices.end(),
                                             value.text()) != parameter.choices.end());
    case Parameter::Type::kFlag:
      return value.is_boolean();
    case Parameter::Type::kNode:
      return value.is_string() && node_of(value.text()).has_value();
  }
  return false;
}

std::string bounds(const Parameter& parameter) {
  const auto text = [](double value) {
    const bool whole = value == std::floor(value);
    return whole ? Json(static_cast<std::int64_t>(value)).dump() : Json(value).dump();
  };
  return text(parameter.min) + " to " + text(parameter.max);
}

std::string expected(const Parameter& parameter) {
  switch (parameter.type) {
    case Parameter::Type::kDuration:
      return "a duration such as \"20ms\", up to an hour";
    case Parameter::Type::kProbability:
      return "a number from 0 to 1";
    case Parameter::Type::kNumber:
      return "a number from " + bounds(parameter);
    case Parameter::Type::kCount:
      return "a whole number from " + bounds(parameter);
    case Parameter::Type::kFlag:
      return "true or false";
    case Parameter::Type::kNode:
      return "a node such as \"n1\"";
    case Parameter::Type::kChoice:
      break;
  }
  std::string words;
  for (const auto& word : parameter.choices)
    words += (words.empty() ? "" : ", ") + std::string(word);
  return words.empty() ? "a string" : "one of: " + words;
}

}  // namespace

base::Status check(const Declared& declared, const Json& given) {
  if (!given.is_object()) return base::Error{"params: expected an object"};
  for (const auto& [key, value] : given.items()) {
    const auto found = std::find_if(declared.begin(), declared.end(),
                                    [&key = key](const auto& p) { return p.name == key; });
    if (found == declared.end()) {
      std::string names;
      for (const auto& p : declared) names += (names.empty() ? "" : ", ") + std::string(p.name);
      return base::Error{key + ": unknown parameter, expected " +
                         (names.empty() ? "none" : "one of: " + names)};
    }
    if (!fits(*found, value)) {
      return base::Error{key + ": " + base::mismatch(value.dump(), expected(*found))};
    }
  }
  return {};
}

Json with_defaults(const Declared& declared, const Json& given) {
  Json all = given;
  for (const auto& parameter : declared) {
    if (!parameter.default_value.is_null() && !all.contains(std::string(parameter.name))) {
      all[std::string(parameter.name)] = parameter.default_value;
    }
  }
  return all;
}

std::string describe(const Parameter& parameter) {
  std::string text(parameter.summary);
  text += (text.empty() ? "" : ": ") + expected(parameter);
  if (!parameter.default_value.is_null()) {
    const Json& value = parameter.default_value;
    text += " [" + (value.is_string() ? value.get<std::string>() : value.dump()) + "]";
  }
  return text;
}

base::Duration duration_of(const Json& parameters, const char* name) {
  const auto found = parameters.find(name);
  CHECK(found != parameters.end(), "a parameter that is read has been declared with a default");
  const auto parsed = parse(*found);
  CHECK(parsed.has_value(), "parameters are checked before they are read");
  return *parsed;
}

}  // namespace capsize::nemesis

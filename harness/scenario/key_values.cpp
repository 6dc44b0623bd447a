#include "harness/scenario/key_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <type_traits>

#include "base/check.h"
#include "base/mismatch.h"
#include "base/units.h"

namespace capsize::harness {
namespace {

using base::Json;
using nemesis::InvalidValue;
using Counts = std::map<std::string, std::uint64_t>;
using Texts = std::vector<std::string>;

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

template <class Owner>
constexpr std::span<const Key<Owner>> keys_of();
template <>
constexpr std::span<const Key<Scenario>> keys_of() {
  return kScenarioKeys;
}
template <>
constexpr std::span<const Key<Expectations>> keys_of() {
  return kExpectationKeys;
}

/// The total size of the members with keys. Neither struct has padding, so a member without a key
/// makes the sizes differ.
template <class Owner>
consteval std::size_t declared_size() {
  std::size_t size = 0;
  for (const auto& key : keys_of<Owner>()) {
    size += std::visit([]<class T>(T Owner::*) { return sizeof(T); }, key.member);
  }
  return size;
}
static_assert(declared_size<Scenario>() == sizeof(Scenario), "a member of Scenario has no key");
static_assert(declared_size<Expectations>() == sizeof(Expectations),
              "a member of Expectations has no key");

std::string joined(const Texts& texts) {
  return fmt::format("{}", fmt::join(texts, ", "));
}

/// Formats a bound as a person writes it: 1000000, 0.001.
std::string number_text(double number) {
  return number == std::floor(number) && std::abs(number) < 1e15 ? fmt::format("{:.0f}", number)
                                                                 : fmt::format("{}", number);
}

std::string seconds_text(double seconds) {
  if (seconds >= 3600) return number_text(seconds / 3600) + "h";
  return base::format_duration(base::Duration(std::llround(seconds * 1e9)));
}

template <class Owner>
std::string bounds(const Key<Owner>& key, std::string (*text)(double)) {
  if (std::isinf(key.max)) return key.min > 0 ? "at least " + text(key.min) : "";
  return text(key.min) + " to " + text(key.max);
}

template <class Owner>
bool within(const Key<Owner>& key, double number) {
  return number >= key.min && number <= key.max;
}

template <class Owner>
std::string expected_text(const Key<Owner>& key) {
  return key.choices != nullptr ? "one of: " + joined(key.choices()) : std::string("a string");
}

std::string with_bounds(std::string what, const std::string& bounds) {
  return bounds.empty() ? what : what + ", " + bounds;
}

template <class Owner>
std::string expected_of(const Key<Owner>& key) {
  const auto list = [&](const Texts&) -> std::string {
    if (key.choices == nullptr) {
      return "a list of at most " + number_text(key.max) + " strings";
    }
    return "none, default, or at most " + number_text(key.max) +
           " out of: " + joined(key.choices());
  };
  const auto count = [&](std::uint64_t) {
    return with_bounds("a whole number", bounds(key, number_text));
  };
  const Overloaded text{
      [&](const std::string&) { return expected_text(key); },
      list,
      count,
      [&](const std::optional<std::uint64_t>&) { return count(0); },
      [&](double) {
        const std::string what =
            "a number" + (key.unit.empty() ? "" : " of " + std::string(key.unit));
        return with_bounds(what, bounds(key, number_text));
      },
      [&](base::Duration) {
        return with_bounds("a duration such as \"500ms\" or \"20s\"", bounds(key, seconds_text));
      },
      [&](const Counts&) -> std::string { return "an object of whole numbers"; },
      [&](const Json&) -> std::string { return "JSON"; },
      [&](const std::optional<Expectations>&) -> std::string { return "an object"; }};
  const Owner nothing;
  return std::visit([&](auto member) { return text(nothing.*member); }, key.member);
}

std::string shown(const Json& value) {
  return value.is_object() || value.is_array() ? value.type_name() : base::excerpt(value.dump());
}

InvalidValue invalid(const Json& found, const std::string& expected) {
  return {{}, "found " + shown(found) + ", expected " + expected};
}

/// Returns what was expected if the text is invalid, or else empty.
template <class Owner>
std::string refusal(const Key<Owner>& key, const std::string& text) {
  if (key.rule != nullptr) return key.rule(text);
  if (key.choices == nullptr) return {};
  const auto choices = key.choices();
  return std::find(choices.begin(), choices.end(), text) == choices.end() ? expected_of(key)
                                                                          : std::string();
}

template <class Owner>
std::optional<InvalidValue> set_members_of(Owner& owner, const Json& object);

/// Writes one value into the member of a key, or returns why it is invalid.
template <class Owner>
class Setter {
 public:
  Setter(const Key<Owner>& key, const Json& value) : key_(key), value_(value) {}

  std::optional<InvalidValue> operator()(std::string& target) const {
    if (!value_.is_string()) return wrong();
    if (auto expected = refusal(key_, value_.text()); !expected.empty()) {
      return invalid(value_, expected);
    }
    target = value_.text();
    return {};
  }
  std::optional<InvalidValue> operator()(Texts& target) const {
    const bool commas = key_.defaults != nullptr && value_.is_string();
    if (!commas && !value_.is_array()) return wrong();
    Texts items;
    if (commas) {
      items = parse_nemesis(value_.text());
    } else {
      for (const auto& item : value_) {
        if (!item.is_string()) return invalid(item, "a string");
        items.push_back(item.text());
      }
    }
    if (static_cast<double>(items.size()) > key_.max) {
      return InvalidValue{
          {}, fmt::format("found {} items, expected at most {}", items.size(), key_.max)};
    }
    for (const auto& item : items) {
      if (auto expected = refusal(key_, item); !expected.empty()) return invalid(item, expected);
    }
    target = std::move(items);
    return {};
  }
  std::optional<InvalidValue> operator()(std::uint64_t& target) const {
    if (!value_.is_unsigned() || !within(key_, value_.get<double>())) return wrong();
    target = value_.get<std::uint64_t>();
    return {};
  }
  std::optional<InvalidValue> operator()(std::optional<std::uint64_t>& target) const {
    return (*this)(target.emplace());
  }
  std::optional<InvalidValue> operator()(double& target) const {
    if (!value_.is_number() || !within(key_, value_.get<double>())) return wrong();
    target = value_.get<double>();
    return {};
  }
  std::optional<InvalidValue> operator()(base::Duration& target) const {
    if (!value_.is_string()) return wrong();
    const auto parsed = base::parse_duration(value_.text());
    if (!parsed || !within(key_, static_cast<double>(parsed.value().count()) / 1e9)) return wrong();
    target = parsed.value();
    return {};
  }
  std::optional<InvalidValue> operator()(Counts& target) const {
    if (!value_.is_object()) return wrong();
    Counts counts;
    for (const auto& [name, count] : value_.items()) {
      if (!count.is_unsigned()) {
        return InvalidValue{base::JsonPlace({name}), invalid(count, "a whole number").what};
      }
      counts[name] = count.template get<std::uint64_t>();
    }
    target = std::move(counts);
    return {};
  }
  std::optional<InvalidValue> operator()(Json& target) const {
    target = value_;
    return {};
  }
  std::optional<InvalidValue> operator()(std::optional<Expectations>& target) const {
    if (!value_.is_object()) return wrong();
    return set_members_of(target.emplace(), value_);
  }

 private:
  [[nodiscard]] InvalidValue wrong() const { return invalid(value_, expected_of(key_)); }

  const Key<Owner>& key_;
  const Json& value_;
};

template <class Owner>
std::optional<InvalidValue> set(Owner& owner, const Key<Owner>& key, const Json& value) {
  const Setter<Owner> setter(key, value);
  auto wrong = std::visit([&](auto member) { return setter(owner.*member); }, key.member);
  if (wrong) wrong->place = base::JsonPlace({std::string(key.name)}) / wrong->place;
  return wrong;
}

template <class Owner>
std::optional<InvalidValue> set_members_of(Owner& owner, const Json& object) {
  CHECK(object.is_object(), "only an object has members");
  const auto keys = keys_of<Owner>();
  for (const auto& [name, value] : object.items()) {
    const auto key = std::find_if(keys.begin(), keys.end(),
                                  [&name = name](const auto& each) { return each.name == name; });
    if (key == keys.end()) {
      Texts names;
      for (const auto& known : keys) names.emplace_back(known.name);
      std::sort(names.begin(), names.end());
      return InvalidValue{base::JsonPlace({name}), "unknown, expected one of: " + joined(names)};
    }
    if (auto wrong = set(owner, *key, value)) return wrong;
  }
  return {};
}

template <class Owner>
Json to_json_of(const Owner& owner);

template <class Owner>
Json json_of(const Owner& owner, const Key<Owner>& key) {
  const Overloaded json{
      [](const auto& value) { return Json(value); },
      [](const std::optional<std::uint64_t>& value) { return value ? Json(*value) : Json(); },
      [](base::Duration value) { return Json(base::format_duration(value)); },
      [](const std::optional<Expectations>& value) { return value ? to_json_of(*value) : Json(); }};
  return std::visit([&](auto member) { return json(owner.*member); }, key.member);
}

template <class Owner>
Json to_json_of(const Owner& owner) {
  Json body = Json::object();
  for (const auto& key : keys_of<Owner>()) {
    Json value = json_of(owner, key);
    if (!value.is_null()) body[key.name] = std::move(value);
  }
  return body;
}

template <class Owner>
Json schema_for(const Key<Owner>& key) {
  const auto text = [&](const std::string&) {
    return key.choices == nullptr ? Json{{"type", "string"}} : Json{{"enum", key.choices()}};
  };
  const auto count = [&](std::uint64_t) {
    Json schema = {{"type", "integer"}, {"minimum", static_cast<std::uint64_t>(key.min)}};
    if (!std::isinf(key.max)) schema["maximum"] = static_cast<std::uint64_t>(key.max);
    return schema;
  };
  const Overloaded schema{
      text,
      [&](const Texts&) {
        Json list = {{"type", "array"},
                     {"items", text({})},
                     {"maxItems", static_cast<std::uint64_t>(key.max)}};
        if (key.defaults == nullptr) return list;
        return Json{{"oneOf", Json::array({{{"type", "string"}}, std::move(list)})}};
      },
      count,
      [&](const std::optional<std::uint64_t>&) { return count(0); },
      [&](double) {
        return Json{{"type", "number"}, {"minimum", key.min}, {"maximum", key.max}};
      },
      [](base::Duration) {
        return Json{{"$ref", "#/$defs/duration"}};
      },
      [](const Counts&) {
        return Json{{"type", "object"},
                    {"additionalProperties", {{"type", "integer"}, {"minimum", 0}}}};
      },
      [&](const auto&) { return key.schema(); }};
  const Owner nothing;
  Json body = std::visit([&](auto member) { return schema(nothing.*member); }, key.member);
  body["description"] = key.help;
  Json default_value = json_of(nothing, key);
  if (!default_value.is_null() && key.default_text.empty())
    body["default"] = std::move(default_value);
  return body;
}

/// Formats a value for the command line such that it parses back exactly, durations to the
/// nanosecond.
std::string flag_text(const Json& value) {
  if (value.is_string()) return value.text();
  if (!value.is_array()) {
    return value.is_integer() ? value.dump() : fmt::format("{}", value.get<double>());
  }
  Texts items;
  for (const auto& item : value) items.push_back(item.text());
  return items.empty() ? "none" : fmt::format("{}", fmt::join(items, ","));
}

/// Whether CLI11 parses --key=text back to the same text: it has a list syntax of its own, "[a,b]",
/// and treats an empty value as none.
bool parses_back(const std::string& text) {
  return !text.empty() && text.front() != '[' && text.find("%%") == std::string::npos;
}

}  // namespace

std::optional<InvalidValue> set_members(Scenario& scenario, const Json& object) {
  return set_members_of(scenario, object);
}

std::optional<InvalidValue> set_member(Scenario& scenario, const Key<Scenario>& key,
                                       const Json& value) {
  return set(scenario, key, value);
}

Json value_of(const Scenario& scenario, const Key<Scenario>& key) {
  return json_of(scenario, key);
}

std::string expected(const Key<Scenario>& key) {
  return expected_of(key);
}

Json schema_of(const Key<Scenario>& key) {
  return schema_for(key);
}

Json schema_of(const Key<Expectations>& key) {
  return schema_for(key);
}

Json scenario_file_json(const Scenario& scenario) {
  Json file = to_json(scenario);
  file[kScenarioFormat] = kScenarioVersion;
  return file;
}

Json to_json(const Scenario& scenario) {
  return to_json_of(scenario);
}

Json to_json(const Expectations& expectations) {
  return to_json_of(expectations);
}

FlagType flag_type(const Key<Scenario>& key) {
  const Overloaded type{
      [](const std::string&) { return FlagType::kText; },
      [&](const Texts&) { return key.defaults ? FlagType::kList : FlagType::kRepeated; },
      [](std::uint64_t) { return FlagType::kCount; },
      [](const std::optional<std::uint64_t>&) { return FlagType::kCount; },
      [](double) { return FlagType::kNumber; },
      [](base::Duration) { return FlagType::kDuration; },
      [](const auto&) { return FlagType::kNone; }};
  const Scenario nothing;
  return std::visit([&](auto member) { return type(nothing.*member); }, key.member);
}

std::optional<Texts> arguments_of(const Scenario& scenario) {
  const Scenario plain = default_scenario();
  Texts arguments;
  for (const auto& key : kScenarioKeys) {
    const Json value = value_of(scenario, key);
    if (value == value_of(plain, key)) continue;
    const FlagType type = flag_type(key);
    if (type == FlagType::kNone) return std::nullopt;
    Texts texts;
    if (type == FlagType::kRepeated) {
      for (const auto& item : value) texts.push_back(item.text());
    } else {
      texts.push_back(flag_text(value));
    }
    for (const auto& text : texts) {
      if (!parses_back(text)) return std::nullopt;
      // As one word: default_value a value that begins with a dash would be read as an option.
      if (text.front() == '-') {
        arguments.push_back(fmt::format("--{}={}", key.name, text));
      } else {
        arguments.insert(arguments.end(), {fmt::format("--{}", key.name), text});
      }
    }
  }
  return arguments;
}

std::string shell_line(const Texts& words) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=+,./:@%^";
  std::string line;
  for (const auto& word : words) {
    if (!line.empty()) line += ' ';
    if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) {
      line += word;
      continue;
    }
    // Inside single quotes only the closing quote is special.
    line += '\'';
    for (const char c : word) line += c == '\'' ? std::string("'\\''") : std::string(1, c);
    line += '\'';
  }
  return line;
}

}  // namespace capsize::harness

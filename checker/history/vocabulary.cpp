#include "checker/history/vocabulary.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "checker/history/malformed.h"

namespace capsize::checker {
namespace {

constexpr std::array<std::string_view, 11> kFields = {
    "index", "time", "process", "type", "f", "key", "value", "error", "start", "end", "result"};
constexpr std::array<std::string_view, 4> kTypes = {"invoke", "ok", "fail", "info"};

constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kUsualNames = {
    {{"get", "read"},
     {"put", "write"},
     {"lock", "acquire"},
     {"unlock", "release"},
     {"increment", "inc"},
     {"decrement", "dec"},
     {"compare-and-set", "cas"}}};

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

template <class Names>
bool contains(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::optional<std::string> Vocabulary::add(std::string_view rule) {
  const auto wrong = [&](std::string_view expected) {
    return fmt::format("found '{}', expected {}", excerpt(rule), expected);
  };
  const std::size_t equals = rule.find('=');
  if (equals == std::string_view::npos || equals == 0 || equals + 1 == rule.size()) {
    return wrong("FIELD=NAME or FIELD.FOUND=MEANT, such as key=k or f.put=write");
  }
  const std::string left(rule.substr(0, equals));
  const std::string right(rule.substr(equals + 1));
  if (left.starts_with("f.") && left.size() > 2) {
    functions_.emplace_back(left.substr(2), right);
    return std::nullopt;
  }
  if (left.starts_with("type.") && left.size() > 5) {
    if (!contains(kTypes, right)) {
      return wrong(fmt::format("type.FOUND=MEANT with one of {}", fmt::join(kTypes, ", ")));
    }
    types_.emplace_back(left.substr(5), right);
    return std::nullopt;
  }
  if (!contains(kFields, left)) {
    return wrong(fmt::format("one of the fields {}, f.FOUND or type.FOUND before the =",
                             fmt::join(kFields, ", ")));
  }
  fields_.emplace_back(right, left);
  return std::nullopt;
}

std::string_view usual_name(std::string_view found, const std::vector<std::string_view>& known) {
  if (contains(known, found)) return found;
  const std::string plain = lower(found);
  if (const auto same = std::find(known.begin(), known.end(), plain); same != known.end()) {
    return *same;
  }
  for (const auto& [name, usual] : kUsualNames) {
    if (name == plain) return usual;
  }
  for (const std::string_view name : {"read", "write", "cas", "append", "delete"}) {
    if (name == plain) return name;
  }
  if (is_step(plain)) return plain == "inc" ? "inc" : "dec";
  return found;
}

bool is_step(std::string_view function) {
  return function == "inc" || function == "dec";
}

std::string_view Vocabulary::meaning(const Names& names, std::string_view found) {
  for (const auto& [name, meant] : names) {
    if (name == found) return meant;
  }
  return found;
}

std::string_view Vocabulary::renamed_field(std::string_view found) const {
  bool displaced = false;
  for (const auto& [name, meant] : fields_) {
    if (name == found) return meant;
    displaced = displaced || meant == found;
  }
  return displaced ? std::string_view() : found;
}

std::string_view Vocabulary::in_file(std::string_view field) const {
  for (const auto& [name, meant] : fields_) {
    if (meant == field) return name;
  }
  return field;
}

}  // namespace capsize::checker

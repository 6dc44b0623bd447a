#include "checker/history/edn.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "checker/history/json.h"
#include "checker/history/malformed.h"

namespace capsize::checker {
namespace {

bool ends_token(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == ',' || c == ']' || c == '}' || c == ')';
}

// Behind a backslash; what has no meaning of its own stands for itself.
char unescaped(char c) {
  switch (c) {
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case 'r':
      return '\r';
    default:
      return c;
  }
}

}  // namespace

void EdnReader::skip() {
  while (at_ < text_.size() &&
         (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\r' || text_[at_] == ',')) {
    ++at_;
  }
}

std::uint64_t EdnReader::column() {
  skip();
  return at_ + 1;
}

std::string EdnReader::found() {
  skip();
  if (at_ >= text_.size()) return "the end of the line";
  return fmt::format("\"{}\"", excerpt(text_.substr(at_)));
}

bool EdnReader::starts_with(std::string_view prefix) {
  skip();
  return text_.substr(at_).starts_with(prefix);
}

bool EdnReader::consume(std::string_view word) {
  if (!starts_with(word)) return false;
  const std::size_t end = at_ + word.size();
  const bool is_name = word.front() >= 'a' && word.front() <= 'z';
  if (is_name && end < text_.size() && !ends_token(text_[end])) return false;
  at_ = end;
  return true;
}

std::optional<std::int64_t> EdnReader::integer() {
  skip();
  std::int64_t value = 0;
  const char* const begin = text_.data() + at_;
  const char* const end = text_.data() + text_.size();
  const auto [stop, error] = std::from_chars(begin, end, value);
  if (error != std::errc() || (stop != end && !ends_token(*stop))) return std::nullopt;
  at_ += static_cast<std::size_t>(stop - begin);
  return value;
}

std::optional<std::string_view> EdnReader::keyword() {
  if (!starts_with(":")) return std::nullopt;
  std::size_t end = at_ + 1;
  while (end < text_.size() && !ends_token(text_[end])) ++end;
  if (end == at_ + 1) return std::nullopt;
  const std::string_view name = text_.substr(at_ + 1, end - at_ - 1);
  at_ = end;
  return name;
}

std::optional<std::string> EdnReader::string() {
  if (!starts_with("\"")) return std::nullopt;
  std::string out;
  for (std::size_t at = at_ + 1; at < text_.size(); ++at) {
    if (text_[at] == '"') {
      at_ = at + 1;
      return out;
    }
    if (text_[at] == '\\' && at + 1 < text_.size()) {
      out += unescaped(text_[++at]);
    } else {
      out += text_[at];
    }
  }
  return std::nullopt;
}

// #jepsen.history.Op{...}: what stands behind a tag is what counts here.
void EdnReader::skip_tag() {
  if (!starts_with("#") || starts_with("#{")) return;
  while (at_ < text_.size() && text_[at_] != '{' && text_[at_] != '[' && text_[at_] != '"' &&
         !ends_token(text_[at_])) {
    ++at_;
  }
}

// Vectors, lists and sets; a map counts as its keys and values one after the other. What has no
// order is sorted, so that equal sets are equal values.
std::optional<ValueId> EdnReader::sequence(ValueTable& values, int depth) {
  if (depth >= kDepthMax) return std::nullopt;
  const bool is_set = consume("#{");
  const char* const close = is_set || consume("{") ? "}" : consume("[") ? "]" : ")";
  if (*close == ')' && !consume("(")) return std::nullopt;
  std::vector<ValueId> elements;
  while (!consume(close)) {
    const auto element = value(values, depth + 1);
    if (!element) return std::nullopt;
    elements.push_back(*element);
  }
  if (is_set) std::sort(elements.begin(), elements.end());
  return values.list(elements);
}

// Big integers and ratios are values like any other, by their text; what JSON knows is that.
std::optional<ValueId> EdnReader::other(ValueTable& values) {
  skip();
  std::size_t end = at_;
  while (end < text_.size() && !ends_token(text_[end])) ++end;
  const std::string_view token = text_.substr(at_, end - at_);
  const std::size_t digit = token.find_first_not_of("+-");
  if (digit == std::string_view::npos || digit > 1 || token[digit] < '0' || token[digit] > '9') {
    return std::nullopt;
  }
  at_ = end;
  std::int64_t whole = 0;
  const char* const stop = token.data() + token.size() - 1;
  if (token.back() == 'N' && std::from_chars(token.data(), stop, whole).ptr == stop) {
    return values.integer(whole);
  }
  const std::string_view unsigned_token = token.substr(token.front() == '+' ? 1 : 0);
  if (const auto number = parse_json_value(values, unsigned_token)) return number;
  return values.text(token);
}

std::optional<ValueId> EdnReader::value(ValueTable& values, int depth) {
  if (const auto number = integer()) return values.integer(*number);
  if (const auto text = string()) return values.text(*text);
  if (consume("nil")) return kNullValue;
  if (consume("true")) return values.raw("true");
  if (consume("false")) return values.raw("false");
  if (const auto name = keyword()) return values.text(*name);
  skip_tag();
  if (const auto text = string()) return values.text(*text);
  if (const auto elements = sequence(values, depth)) return elements;
  return other(values);
}

bool EdnReader::map(const std::function<bool(std::string_view)>& field) {
  skip_tag();
  if (!consume("{")) return false;
  while (!consume("}")) {
    const auto key = keyword();
    if (!key || !field(*key)) return false;
  }
  return true;
}

}  // namespace capsize::checker

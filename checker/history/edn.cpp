#include "checker/history/edn.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>
#include <vector>

#include "checker/history/json.h"
#include "checker/history/malformed.h"

namespace capsize::checker {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ',' || c == '\f';
}

bool ends_token(char c) {
  return is_blank(c) || c == '[' || c == ']' || c == '{' || c == '}' || c == '(' || c == ')' ||
         c == '"' || c == ';';
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Parses exactly `count` digits of the base.
std::optional<std::uint32_t> digits(std::string_view text, int base, std::size_t count) {
  if (text.size() < count) return std::nullopt;
  std::uint32_t code = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + count, code, base);
  if (error != std::errc() || stop != text.data() + count) return std::nullopt;
  return code;
}

void append_utf8(std::string& out, std::uint32_t code) {
  const auto add = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    add(code);
  } else if (code < 0x800) {
    add(0xC0 | (code >> 6));
    add(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    add(0xE0 | (code >> 12));
    add(0x80 | ((code >> 6) & 0x3F));
    add(0x80 | (code & 0x3F));
  } else {
    add(0xF0 | (code >> 18));
    add(0x80 | ((code >> 12) & 0x3F));
    add(0x80 | ((code >> 6) & 0x3F));
    add(0x80 | (code & 0x3F));
  }
}

// Clojure's strings are UTF-16: a code point above U+FFFF is a surrogate pair. A lone surrogate is
// no character.
constexpr std::uint32_t kReplacement = 0xFFFD;
bool is_high_half(std::uint32_t code) {
  return code >= 0xD800 && code < 0xDC00;
}
bool is_low_half(std::uint32_t code) {
  return code >= 0xDC00 && code < 0xE000;
}

// A number in JSON's syntax, without an exponent.
bool is_decimal(std::string_view text) {
  if (text.starts_with("-")) text.remove_prefix(1);
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction = text.substr(std::min(point + 1, text.size()));
  const auto all_digits = [](std::string_view part) {
    return !part.empty() && std::all_of(part.begin(), part.end(), &is_digit);
  };
  if (!all_digits(whole) || (whole.size() > 1 && whole.front() == '0')) return false;
  return point == text.size() || all_digits(fraction);
}

std::string_view without_trailing_zeros(std::string_view number) {
  if (number.find('.') == std::string_view::npos) return number;
  number = number.substr(0, number.find_last_not_of('0') + 1);
  return number.ends_with(".") ? number.substr(0, number.size() - 1) : number;
}

constexpr std::array<std::pair<std::string_view, char>, 6> kCharacterNames = {{{"newline", '\n'},
                                                                               {"space", ' '},
                                                                               {"tab", '\t'},
                                                                               {"return", '\r'},
                                                                               {"backspace", '\b'},
                                                                               {"formfeed", '\f'}}};

// Any other token is a symbol. A token that begins with # is a tag or malformed, except ##Inf and
// ##NaN.
bool is_symbol(std::string_view token) {
  return !token.empty() && (token.front() != '#' || token.starts_with("##")) &&
         token.front() != '^';
}

char closing(char open) {
  return open == '[' ? ']' : open == '(' ? ')' : '}';
}

}  // namespace

void EdnReader::skip() {
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (is_blank(c)) {
      ++at_;
    } else if (c == ';') {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (c == '^' || text_.substr(at_).starts_with("#_")) {
      if (!discard(c == '^' ? 1 : 2)) return;
    } else {
      return;
    }
  }
}

// Discards the form after a prefix of `size` bytes, #_ or ^. Such forms may be nested as deeply as
// values. If the form is malformed, the reader stops before the prefix.
bool EdnReader::discard(std::size_t size) {
  if (is_broken_ || discarding_ >= kDepthMax) return false;
  const std::size_t begin = at_;
  at_ += size;
  ++discarding_;
  is_broken_ = !skip_form(0) || is_broken_;
  --discarding_;
  if (is_broken_) at_ = begin;
  return !is_broken_;
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

std::string_view EdnReader::token() const {
  std::size_t end = at_;
  while (end < text_.size() && !ends_token(text_[end])) ++end;
  return text_.substr(at_, end - at_);
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
  const std::string_view name = token();
  if (name.size() < 2) return std::nullopt;
  at_ += name.size();
  return name.substr(1);
}

// Parses the escape after a backslash at `at`, and advances `at` past it; returns false if it is no
// escape.
bool EdnReader::escape(std::size_t& at, std::string& out) const {
  const char c = text_[at++];
  constexpr std::string_view kNames = "tnrbf\"\\'";
  constexpr std::string_view kMeant = "\t\n\r\b\f\"\\'";
  if (const std::size_t place = kNames.find(c); place != std::string_view::npos) {
    out += kMeant[place];
    return true;
  }
  if (c >= '0' && c <= '7') {
    std::size_t count = 1;
    while (count < 3 && at - 1 + count < text_.size() && text_[at - 1 + count] >= '0' &&
           text_[at - 1 + count] <= '7') {
      ++count;
    }
    append_utf8(out, *digits(text_.substr(at - 1), 8, count));
    at += count - 1;
    return true;
  }
  constexpr std::size_t kHexDigits = 4;
  const auto code =
      c == 'u' ? digits(text_.substr(std::min(at, text_.size())), 16, kHexDigits) : std::nullopt;
  if (!code) return false;
  at += kHexDigits;
  if (is_high_half(*code) && text_.substr(at).starts_with("\\u")) {
    const auto low = digits(text_.substr(at + 2), 16, kHexDigits);
    if (low && is_low_half(*low)) {
      at += 2 + kHexDigits;
      append_utf8(out, 0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00));
      return true;
    }
  }
  append_utf8(out, is_high_half(*code) || is_low_half(*code) ? kReplacement : *code);
  return true;
}

std::optional<std::string> EdnReader::string() {
  if (!starts_with("\"")) return std::nullopt;
  std::string out;
  for (std::size_t at = at_ + 1; at < text_.size();) {
    // Most strings have no escapes, so runs without one are copied at once.
    const std::size_t stop = text_.find_first_of("\"\\", at);
    if (stop == std::string_view::npos) return std::nullopt;
    out += text_.substr(at, stop - at);
    at = stop + 1;
    if (text_[stop] == '"') {
      at_ = at;
      return out;
    }
    if (at >= text_.size() || !escape(at, out)) return std::nullopt;
  }
  return std::nullopt;
}

// \a, \newline, \u00e9.
std::optional<std::string> EdnReader::character() {
  if (!starts_with("\\") || at_ + 1 >= text_.size()) return std::nullopt;
  // The first character is literal, whatever it is; the rest of a name ends like a token.
  std::size_t end = at_ + 2;
  while (end < text_.size() && !ends_token(text_[end])) ++end;
  const std::string_view name = text_.substr(at_ + 1, end - at_ - 1);
  at_ = end;
  for (const auto& [known, c] : kCharacterNames) {
    if (name == known) return std::string(1, c);
  }
  if (name.size() == 5 && name.front() == 'u') {
    if (const auto code = digits(name.substr(1), 16, 4)) {
      std::string out;
      append_utf8(out, is_high_half(*code) || is_low_half(*code) ? kReplacement : *code);
      return out;
    }
  }
  return std::string(name);
}

// #jepsen.history.Op{...}, #inst "...", #:op{...}: only the form after the tag matters here.
void EdnReader::skip_tag() {
  while (starts_with("#") && !starts_with("#{") && !starts_with("##") && !starts_with("#_")) {
    at_ += token().size();
    skip();
  }
}

// Vectors and lists become lists. Sets are sorted, so that equal sets become equal values.
std::optional<ValueId> EdnReader::sequence(ValueTable& values, int depth) {
  if (depth >= kDepthMax) return std::nullopt;
  const bool is_set = consume("#{");
  if (!is_set && !starts_with("[") && !starts_with("(") && !starts_with("{")) return std::nullopt;
  const char open = is_set ? '#' : text_[at_++];
  const char close = closing(open);
  std::vector<ValueId> elements;
  while (!consume({&close, 1})) {
    const auto element = value(values, depth + 1);
    if (!element) return std::nullopt;
    elements.push_back(*element);
  }
  if (open == '{') {
    if (elements.size() % 2 != 0) return std::nullopt;
    return values.map(elements);
  }
  if (is_set) std::sort(elements.begin(), elements.end());
  return values.list(elements);
}

// Numbers that JSON has become those: 5N is 5 and 1.5M is 1.5, if a double represents them exactly.
// Other numbers are represented by their text.
std::optional<ValueId> EdnReader::number(ValueTable& values) {
  std::string_view digits_of = token();
  const std::size_t size = digits_of.size();
  const bool positive = digits_of.starts_with("+");
  if (positive) digits_of.remove_prefix(1);
  const std::size_t first = digits_of.starts_with("-") ? 1 : 0;
  if (first >= digits_of.size() || !is_digit(digits_of[first])) return std::nullopt;
  at_ += size;
  const bool exact = digits_of.back() == 'M';
  if (exact || digits_of.back() == 'N') digits_of.remove_suffix(1);
  constexpr std::size_t kDoubleDigits = 15;
  const bool fits = !exact || digits_of.size() - first <= kDoubleDigits + 1;
  if (fits) {
    if (const auto number = parse_json_value(values, digits_of)) return number;
  }
  if (is_decimal(digits_of)) return values.raw(without_trailing_zeros(digits_of));
  return values.text(digits_of);  // a ratio, such as 1/3, or digits of another base
}

std::optional<ValueId> EdnReader::value(ValueTable& values, int depth) {
  if (const auto whole = integer()) return values.integer(*whole);
  if (const auto text = string()) return values.text(*text);
  if (consume("nil")) return kNullValue;
  if (consume("true")) return values.raw("true");
  if (consume("false")) return values.raw("false");
  if (const auto name = keyword()) return values.text(*name);
  skip_tag();
  if (const auto text = string()) return values.text(*text);
  if (const auto text = character()) return values.text(*text);
  if (at_ < text_.size() && (text_[at_] == '[' || text_[at_] == '(' || text_[at_] == '{' ||
                             text_.substr(at_).starts_with("#{"))) {
    return sequence(values, depth);
  }
  if (const auto found = number(values)) return found;
  const std::string_view symbol = token();
  if (!is_symbol(symbol)) return std::nullopt;
  at_ += symbol.size();
  return values.text(symbol.starts_with(":") ? symbol.substr(1) : symbol);
}

bool EdnReader::skip_elements(char close, int depth) {
  while (!consume({&close, 1})) {
    if (!skip_form(depth + 1)) return false;
  }
  return true;
}

bool EdnReader::skip_form(int depth) {
  if (depth >= kDepthMax) return false;
  skip_tag();
  skip();
  if (at_ >= text_.size()) return false;
  if (text_[at_] == '"') return string().has_value();
  if (text_[at_] == '\\') return character().has_value();
  if (consume("#{")) return skip_elements('}', depth);
  const char open = text_[at_];
  if (open == '[' || open == '(' || open == '{') {
    ++at_;
    return skip_elements(closing(open), depth);
  }
  const std::string_view symbol = token();
  at_ += symbol.size();
  return is_symbol(symbol);
}

bool EdnReader::map(const std::function<bool(std::string_view)>& field) {
  skip_tag();
  if (!consume("{")) return false;
  while (!consume("}")) {
    const auto key = keyword();
    if (key) {
      if (!field(*key)) return false;
    } else if (!skip_value() || !skip_value()) {
      return false;
    }
  }
  return true;
}

}  // namespace capsize::checker

#include "checker/history/edn.h"

#include <fmt/format.h>

#include <charconv>
#include <vector>

#include "checker/history/malformed.h"

namespace capsize::checker {
namespace {

bool ends_token(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == ',' || c == ']' || c == '}' || c == ')';
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
  const bool is_name = word.size() > 1;
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
    if (text_[at] == '\\' && at + 1 < text_.size()) ++at;
    out += text_[at];
  }
  return std::nullopt;
}

std::optional<ValueId> EdnReader::vector(ValueTable& values, int depth) {
  if (depth >= kDepthMax || !consume("[")) return std::nullopt;
  std::vector<ValueId> elements;
  while (!consume("]")) {
    const auto element = value(values, depth + 1);
    if (!element) return std::nullopt;
    elements.push_back(*element);
  }
  return values.list(elements);
}

std::optional<ValueId> EdnReader::value(ValueTable& values, int depth) {
  if (const auto number = integer()) return values.integer(*number);
  if (const auto text = string()) return values.text(*text);
  if (consume("nil")) return kNullValue;
  if (consume("true")) return values.raw("true");
  if (consume("false")) return values.raw("false");
  if (const auto name = keyword()) return values.text(*name);
  return vector(values, depth);
}

bool EdnReader::map(const std::function<bool(std::string_view)>& field) {
  if (!consume("{")) return false;
  while (!consume("}")) {
    const auto key = keyword();
    if (!key || !field(*key)) return false;
  }
  skip();
  return at_ == text_.size();
}

}  // namespace capsize::checker

#include "harness/scenario/json_place.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace capsize::harness {
namespace {

/// Walks through valid JSON; looks only at brackets, strings and comments.
class Walker {
 public:
  explicit Walker(std::string_view text) : text_(text) {}

  /// Returns the position of the value that the tokens from `depth` on lead to, starting from the
  /// value at the current position.
  std::optional<std::size_t> find(const std::vector<std::string>& tokens, std::size_t depth) {
    skip_space();
    const char open = peek();
    if (open != '{' && open != '[') return std::nullopt;
    ++at_;
    for (std::size_t index = 0; skip_space(), peek() != '}' && peek() != ']'; ++index) {
      if (at_ >= text_.size()) return std::nullopt;
      const std::size_t begin = at_;
      const std::string name = open == '{' ? key() : std::to_string(index);
      if (name == tokens[depth]) {
        const auto deeper = depth + 1 < tokens.size() ? find(tokens, depth + 1) : std::nullopt;
        return deeper ? deeper : begin;
      }
      skip_value();
      skip_space();
      if (peek() == ',') ++at_;
    }
    return std::nullopt;
  }

 private:
  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void skip_space() {
    while (at_ < text_.size()) {
      if (text_.substr(at_).starts_with("//")) {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (text_.substr(at_).starts_with("/*")) {
        const auto end = text_.find("*/", at_ + 2);
        at_ = end == std::string_view::npos ? text_.size() : end + 2;
      } else if (std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) {
        ++at_;
      } else {
        return;
      }
    }
  }

  /// Reads a key and its colon. Does not decode escapes: a key that contains some is merely not
  /// found.
  std::string key() {
    const std::size_t begin = at_ + 1;
    skip_string();
    std::string name(text_.substr(begin, at_ - begin - 1));
    skip_space();
    if (peek() == ':') ++at_;
    return name;
  }

  void skip_string() {
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
    if (at_ < text_.size()) ++at_;
  }

  void skip_value() {
    int depth = 0;
    do {
      skip_space();
      const char c = peek();
      if (c == '"') {
        skip_string();
      } else {
        depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
        ++at_;
        // A number or a literal extends to the next separator.
        while (depth == 0 && at_ < text_.size() &&
               std::string_view(",]} \t\r\n/").find(peek()) == std::string_view::npos &&
               std::string_view("{}[]").find(c) == std::string_view::npos) {
          ++at_;
        }
      }
    } while (depth > 0 && at_ < text_.size());
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::size_t line_of(std::string_view text, const base::JsonPlace& place) {
  const auto& tokens = place.tokens();
  const auto found = tokens.empty() ? std::nullopt : Walker(text).find(tokens, 0);
  if (!found) return 1;
  return 1 + static_cast<std::size_t>(std::count(
                 text.begin(), text.begin() + static_cast<std::ptrdiff_t>(*found), '\n'));
}

namespace {

/// Reads tokens and tracks the open brackets; without recursion, so that any depth is safe.
class Tracker {
 public:
  explicit Tracker(std::string_view text) : text_(text) {}

  /// Reads one token. False: the end of the text.
  bool step() {
    if (at_ >= text_.size()) return false;
    const char c = text_[at_];
    if (text_.substr(at_).starts_with("//") || text_.substr(at_).starts_with("/*")) {
      skip_comment();
    } else if (c == '"') {
      string();
    } else {
      if (c == '\n') ++line_;
      if (c == '{' || c == '[') open_.push_back({.object = c == '{'});
      if ((c == '}' || c == ']') && !open_.empty()) open_.pop_back();
      if (c == ',' && !open_.empty()) open_.back().key_follows = true;
      ++at_;
    }
    return true;
  }

  [[nodiscard]] std::size_t depth() const { return open_.size(); }
  [[nodiscard]] const std::optional<DuplicateKey>& duplicate() const { return duplicate_; }
  [[nodiscard]] JsonPosition position() const {
    return {line_, open_.empty() ? std::string() : open_.front().key};
  }

 private:
  struct Level {
    bool object = false;
    bool key_follows = true;
    std::string key = {};  // the last one
    std::map<std::string, std::size_t> lines = {};
  };

  void skip_comment() {
    const bool to_line_end = text_[at_ + 1] == '/';
    const auto end = text_.find(to_line_end ? "\n" : "*/", at_ + 2);
    const auto next = end == text_.npos ? text_.size() : end + (to_line_end ? 0 : 2);
    line_ += static_cast<std::size_t>(std::count(text_.begin() + static_cast<std::ptrdiff_t>(at_),
                                                 text_.begin() + static_cast<std::ptrdiff_t>(next),
                                                 '\n'));
    at_ = next;
  }

  void string() {
    const std::size_t begin = at_;
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
    at_ = std::min(at_ + 1, text_.size());
    if (open_.empty() || !open_.back().object || !open_.back().key_follows) return;
    Level& level = open_.back();
    level.key_follows = false;
    // Decoded, because "\u0061" and "a" are the same key.
    const base::Json name = base::Json::parse(text_.substr(begin, at_ - begin));
    level.key = name.is_string() ? name.text() : std::string();
    const auto [first, fresh] = level.lines.try_emplace(level.key, line_);
    if (!fresh && !duplicate_) duplicate_ = DuplicateKey{level.key, first->second, line_};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::vector<Level> open_;
  std::optional<DuplicateKey> duplicate_;
};

}  // namespace

JsonPosition position_of_byte(std::string_view text, std::size_t byte) {
  Tracker tracker(text.substr(0, byte));
  while (tracker.step()) {
  }
  return tracker.position();
}

JsonPosition position_of_depth(std::string_view text, std::size_t depth) {
  Tracker tracker(text);
  while (tracker.depth() < depth && tracker.step()) {
  }
  return tracker.position();
}

std::optional<DuplicateKey> find_duplicate_key(std::string_view text) {
  Tracker tracker(text);
  while (tracker.step()) {
  }
  return tracker.duplicate();
}

}  // namespace capsize::harness

#include "checker/history/record_source.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <utility>

namespace capsize::checker {
namespace {

constexpr std::size_t kInputBytes = std::size_t{256} << 10;

// Bytes with a meaning inside a record; runs of all other bytes are copied at once.
std::array<bool, 256> special_bytes(Notation notation) {
  std::array<bool, 256> special{};
  for (const char c : std::string_view("\"{}[]\n\r")) special[static_cast<unsigned char>(c)] = true;
  if (notation == Notation::kEdn) {
    for (const char c : std::string_view("()\\;#^_")) special[static_cast<unsigned char>(c)] = true;
  }
  return special;
}

const std::array<bool, 256>& special_bytes_of(Notation notation) {
  static const std::array<bool, 256> json = special_bytes(Notation::kJson);
  static const std::array<bool, 256> edn = special_bytes(Notation::kEdn);
  return notation == Notation::kJson ? json : edn;
}

bool opens(char c) {
  return c == '{' || c == '[' || c == '(';
}
bool closes(char c) {
  return c == '}' || c == ']' || c == ')';
}

}  // namespace

RecordSource::RecordSource(Notation notation, std::unique_ptr<ByteSource> source)
    : notation_(notation), source_(std::move(source)), input_(kInputBytes) {}

std::size_t RecordSource::read(char* buffer, std::size_t size) {
  while (given_ == output_.size() && !at_end_) {
    output_.clear();
    given_ = 0;
    const std::size_t got = source_->read(input_.data(), input_.size());
    if (got == 0) {
      at_end_ = true;
      // A complete record is a complete line, whether or not the file ends with a line feed.
      if (state_ != State::kInside && state_ != State::kText && line_has_record_) new_line();
    } else {
      lay_out({input_.data(), got});
    }
  }
  const std::size_t taken = std::min(size, output_.size() - given_);
  std::memcpy(buffer, output_.data() + given_, taken);
  given_ += taken;
  return taken;
}

bool RecordSource::cut_off() const {
  return source_->cut_off() || (at_end_ && (depth_ > 0 || containers_ > 0));
}

std::uint64_t RecordSource::memory_bytes() const {
  return source_->memory_bytes() + input_.size() + output_.capacity();
}

void RecordSource::lay_out(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    switch (state_) {
      case State::kBetween:
        at = between(text, at);
        break;
      case State::kInside:
        at = inside(text, at);
        break;
      case State::kText: {
        const std::size_t stop = std::min(text.find_first_of("\"\\\n", at), text.size());
        output_.append(text.substr(at, stop - at));
        at = stop;
        if (at == text.size()) break;
        if (text[at] == '\n') {
          ++lines_in_;
          output_ += "\\n";
        } else {
          output_ += text[at];
          state_ = text[at] == '"' ? State::kInside : State::kEscape;
        }
        ++at;
        break;
      }
      case State::kEscape:
        output_ += c;
        state_ = State::kText;
        ++at;
        break;
      case State::kCharacter:
        output_ += c;
        state_ = State::kInside;
        ++at;
        break;
      case State::kComment:
        at = std::min(text.find('\n', at), text.size());
        if (at < text.size()) state_ = resume_;
        break;
    }
  }
}

// Handles the text between records: white space, commas, comments, and the enclosing brackets.
std::size_t RecordSource::between(std::string_view text, std::size_t at) {
  const char c = text[at];
  if (c == '\n') {
    ++lines_in_;
    if (line_has_record_) new_line();
    while (lines_out_ < lines_in_) new_line();
    return at + 1;
  }
  if (c == ' ' || c == '\t' || c == '\r' || c == ',') return at + 1;
  if (c == ';' && notation_ == Notation::kEdn) {
    resume_ = State::kBetween;
    state_ = State::kComment;
    return at + 1;
  }
  if (containers_ == 0 && (c == '[' || (c == '(' && notation_ == Notation::kEdn))) {
    ++containers_;
    return at + 1;
  }
  if (containers_ > 0 && (c == ']' || c == ')')) {
    --containers_;
    return at + 1;
  }
  begin_record();
  return at;
}

std::size_t RecordSource::inside(std::string_view text, std::size_t at) {
  if (skips_indent_) {
    while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
    if (at == text.size()) return at;
    skips_indent_ = false;
  }
  const std::array<bool, 256>& special_byte = special_bytes_of(notation_);
  const std::size_t begin = at;
  while (at < text.size() && !special_byte[static_cast<unsigned char>(text[at])]) ++at;
  if (at > begin) {
    output_.append(text.substr(begin, at - begin));
    before_ = text[at - 1];
  }
  if (at == text.size()) return at;
  special(text[at]);
  return at + 1;
}

void RecordSource::special(char c) {
  const char before = std::exchange(before_, c);
  if (c == '\n') {
    ++lines_in_;
    // A record that does not begin with a bracket, such as a word, ends with its line.
    if (depth_ == 0 && forms_ == 1 && !has_tag_) {
      end_record();
      new_line();
      return;
    }
    if (notation_ == Notation::kEdn) output_ += ' ';
    skips_indent_ = true;
    return;
  }
  if (c == '\r') return;
  if (c == ';') {
    resume_ = State::kInside;
    state_ = State::kComment;
    return;
  }
  output_ += c;
  if (c == '"') {
    state_ = State::kText;
  } else if (c == '\\') {
    state_ = State::kCharacter;
  } else if (opens(c)) {
    ++depth_;
  } else if (closes(c) && depth_ > 0) {
    if (--depth_ == 0 && --forms_ == 0) end_record();
  } else if (depth_ == 0 && c == '#') {
    is_first_tag_ = !has_tag_;
    has_tag_ = true;
  } else if (depth_ == 0 && c == '_' && before == '#' && is_first_tag_) {
    // This record is only a form to discard; what follows need not be a record.
    is_discarded_ = true;
    is_first_tag_ = false;
  } else if (depth_ == 0 && (c == '^' || (c == '_' && before == '#'))) {
    ++forms_;
  }
}

void RecordSource::begin_record() {
  if (line_has_record_ && !is_discarded_) {
    numbers_records_ = true;
    new_line();
  } else if (line_has_record_) {
    output_ += ' ';
  }
  line_has_record_ = true;
  state_ = State::kInside;
  depth_ = 0;
  forms_ = 1;
  has_tag_ = is_first_tag_ = is_discarded_ = false;
  before_ = ' ';
}

void RecordSource::end_record() {
  state_ = State::kBetween;
  skips_indent_ = false;
}

void RecordSource::new_line() {
  output_ += '\n';
  ++lines_out_;
  line_has_record_ = false;
}

namespace {

constexpr std::size_t kHeadBytes = std::size_t{64} << 10;
constexpr std::string_view kUtf8Mark = "\xef\xbb\xbf";
constexpr std::string_view kSeparators = " \t\r\n,";

std::size_t after_blank(std::string_view text, std::size_t at) {
  return std::min(text.find_first_not_of(kSeparators, at), text.size());
}

// Skips white space and comments of EDN.
std::size_t after_comments(std::string_view text) {
  std::size_t at = after_blank(text, 0);
  while (at < text.size() && text[at] == ';') {
    at = after_blank(text, std::min(text.find('\n', at), text.size()));
  }
  return at;
}

// Whether an object that begins at `at` ends on its line, judging by brackets and strings.
bool ends_on_its_line(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  bool in_text = false;
  for (; at < text.size() && text[at] != '\n'; ++at) {
    const char c = text[at];
    if (in_text) {
      if (c == '\\') ++at;
      in_text = c != '"';
    } else if (c == '"') {
      in_text = true;
    } else if (opens(c)) {
      ++depth;
    } else if (closes(c) && --depth == 0) {
      return true;
    }
  }
  return at >= text.size();  // the line is longer than the part that was read
}

// Returns how to lay out the text; nothing if it has one record per line already, or is neither
// JSON nor EDN.
std::optional<Notation> notation_of(std::string_view text) {
  const std::size_t at = after_comments(text);
  if (at >= text.size()) return std::nullopt;
  const std::size_t next = after_blank(text, at + 1);
  const char c = text[at];
  const char first = next < text.size() ? text[next] : ' ';
  if (c == '{') {
    if (first == ':' || first == '#' || first == ';') return Notation::kEdn;
    if (ends_on_its_line(text, at)) return std::nullopt;
    return Notation::kJson;
  }
  if (c == '#') {
    // A tag or a discarded form, not the comment of another kind of file.
    const bool is_tag = (first >= 'a' && first <= 'z') || first == ':' || first == '_';
    const bool stands_together = next == at + 1;
    return is_tag && stands_together ? std::optional(Notation::kEdn) : std::nullopt;
  }
  if (c == '(') return Notation::kEdn;
  if (c != '[') return std::nullopt;
  if (first == '#' || first == ';') return Notation::kEdn;
  if (first != '{') return first == ']' ? std::optional(Notation::kJson) : std::nullopt;
  const std::size_t inner = after_blank(text, next + 1);
  const bool is_json = inner < text.size() && (text[inner] == '"' || text[inner] == '}');
  return is_json ? Notation::kJson : Notation::kEdn;
}

}  // namespace

std::unique_ptr<ByteSource> one_record_a_line(std::unique_ptr<ByteSource> source) {
  std::string head = read_head(*source, kHeadBytes);
  if (head.starts_with(kUtf8Mark)) head.erase(0, kUtf8Mark.size());
  const auto notation = notation_of(head);
  auto whole = prefixed_source(std::move(head), std::move(source));
  if (!notation) return whole;
  return std::make_unique<RecordSource>(*notation, std::move(whole));
}

}  // namespace capsize::checker

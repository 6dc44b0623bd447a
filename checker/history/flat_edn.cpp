#include "checker/history/flat_edn.h"

#include "checker/history/flat_scanner.h"

namespace capsize::checker {
namespace {

using Kind = FlatScalar::Kind;

// Letters, digits and the punctuation of keywords in histories; the general reader handles all
// others.
bool is_name_part(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == '/';
}

class EdnScanner : public FlatScanner {
 public:
  using FlatScanner::FlatScanner;

  void skip() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == ',' || *at_ == '\r')) ++at_;
  }
  // A tag such as #jepsen.history.Op.
  bool tag() {
    if (!take('#')) return true;
    const char* const begin = at_;
    while (at_ != end_ && is_name_part(*at_)) ++at_;
    // #_ discards what follows.
    return at_ != begin && *begin != '_';
  }

  bool keyword(std::string_view& out) {
    if (!take(':')) return false;
    const char* const begin = at_;
    while (at_ != end_ && is_name_part(*at_)) ++at_;
    out = {begin, static_cast<std::size_t>(at_ - begin)};
    return !out.empty() && at_token_end();
  }

  bool scalar(FlatScalar& out) {
    if (at_ == end_) return false;
    switch (*at_) {
      case ':':
        out.kind = Kind::kText;
        return keyword(out.text);
      case '"':
        ++at_;
        out.kind = Kind::kText;
        return text(out.text);
      case 'n':
        out.kind = Kind::kNull;
        return nil();
      case '[':
        ++at_;
        out.kind = Kind::kPair;
        return pair(out);
      default:
        out.kind = Kind::kInteger;
        return integer(out.integer);
    }
  }

 private:
  bool at_token_end() const {
    return at_ == end_ || *at_ == ' ' || *at_ == ',' || *at_ == '}' || *at_ == ']';
  }
  bool integer(std::int64_t& out) { return digits(out) && at_token_end(); }
  bool nil() {
    if (end_ - at_ < 3 || std::string_view(at_, 3) != "nil") return false;
    at_ += 3;
    return at_token_end();
  }
  bool pair(FlatScalar& out) {
    if (!element(out.integer, out.null[0])) return false;
    skip();
    if (!element(out.second, out.null[1])) return false;
    skip();
    return take(']');
  }
  bool element(std::int64_t& number, bool& is_null) {
    skip();
    is_null = at_ != end_ && *at_ == 'n';
    return is_null ? nil() : integer(number);
  }
};

}  // namespace

bool read_flat_edn(std::string_view line, const Vocabulary& vocabulary, FlatFields& fields) {
  EdnScanner scanner(line);
  scanner.skip();
  if (!scanner.tag() || !scanner.take('{')) return false;
  for (scanner.skip(); !scanner.take('}'); scanner.skip()) {
    std::string_view name;
    if (!scanner.keyword(name)) return false;
    scanner.skip();
    FlatScalar ignored;
    FlatScalar* slot = find_field(fields, vocabulary.field(name));
    if (slot == nullptr) {
      fields.others = true;
      slot = &ignored;
    }
    if (slot->kind != Kind::kAbsent || !scanner.scalar(*slot)) return false;
  }
  scanner.skip();
  return scanner.at_end();
}

bool read_plain_edn(std::string_view line, const Vocabulary& vocabulary, PlainEvent& event) {
  FlatFields fields;
  return read_flat_edn(line, vocabulary, fields) && to_plain_event(fields, line, vocabulary, event);
}

}  // namespace capsize::checker

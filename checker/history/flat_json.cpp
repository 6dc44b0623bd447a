#include "checker/history/flat_json.h"

#include <cstring>

namespace capsize::checker {
namespace {

using Kind = FlatScalar::Kind;

constexpr int kDigitsMax = 18;  // any such number fits 64 bits

class Scanner {
 public:
  explicit Scanner(std::string_view line) : at_(line.data()), end_(line.data() + line.size()) {}

  bool take(char wanted) {
    if (at_ == end_ || *at_ != wanted) return false;
    ++at_;
    return true;
  }
  void skip_blank() {
    if (at_ != end_ && *at_ == ' ') ++at_;
  }
  bool at_end() const { return at_ == end_; }

  // Behind the opening quote; takes the closing one.
  bool text(std::string_view& out) {
    const char* begin = at_;
    for (; at_ != end_; ++at_) {
      const auto c = static_cast<unsigned char>(*at_);
      if (c == '"') {
        out = {begin, static_cast<std::size_t>(at_ - begin)};
        ++at_;
        return true;
      }
      if (c < 0x20 || c >= 0x7F || c == '\\') return false;
    }
    return false;
  }

  bool integer(std::int64_t& out) {
    const bool negative = take('-');
    const char* begin = at_;
    std::int64_t number = 0;
    for (; at_ != end_ && *at_ >= '0' && *at_ <= '9'; ++at_) {
      if (at_ - begin == kDigitsMax) return false;
      number = number * 10 + (*at_ - '0');
    }
    const auto digits = at_ - begin;
    if (digits == 0 || (digits > 1 && *begin == '0')) return false;
    if (at_ != end_ && (*at_ == '.' || *at_ == 'e' || *at_ == 'E')) return false;
    out = negative ? -number : number;
    return true;
  }

  bool null() {
    if (end_ - at_ < 4 || std::memcmp(at_, "null", 4) != 0) return false;
    at_ += 4;
    return true;
  }

  bool scalar(FlatScalar& out) {
    if (at_ == end_) return false;
    switch (*at_) {
      case '"':
        ++at_;
        out.kind = Kind::kText;
        return text(out.text);
      case 'n':
        out.kind = Kind::kNull;
        return null();
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
  bool pair(FlatScalar& out) {
    if (!element(out.integer, out.null[0]) || !take(',')) return false;
    skip_blank();
    return element(out.second, out.null[1]) && take(']');
  }
  bool element(std::int64_t& number, bool& is_null) {
    is_null = at_ != end_ && *at_ == 'n';
    return is_null ? null() : integer(number);
  }

  const char* at_;
  const char* end_;
};

}  // namespace

bool read_flat_json(std::string_view line, const Vocabulary& vocabulary, FlatFields& fields) {
  Scanner scanner(line);
  if (!scanner.take('{')) return false;
  do {
    scanner.skip_blank();
    std::string_view name;
    if (!scanner.take('"') || !scanner.text(name) || !scanner.take(':')) return false;
    scanner.skip_blank();
    FlatScalar ignored;
    FlatScalar* slot = find_field(fields, vocabulary.field(name));
    if (slot == nullptr) {
      fields.others = true;
      slot = &ignored;
    }
    if (slot->kind != Kind::kAbsent || !scanner.scalar(*slot)) return false;
  } while (scanner.take(','));
  return scanner.take('}') && scanner.at_end();
}

}  // namespace capsize::checker

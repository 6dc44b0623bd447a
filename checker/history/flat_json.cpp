#include "checker/history/flat_json.h"

#include <cstring>

#include "checker/history/flat_scanner.h"

namespace capsize::checker {
namespace {

using Kind = FlatScalar::Kind;

class Scanner : public FlatScanner {
 public:
  using FlatScanner::FlatScanner;

  void skip_blank() {
    if (at_ != end_ && *at_ == ' ') ++at_;
  }

  bool integer(std::int64_t& out) {
    if (!digits(out)) return false;
    return at_ == end_ || (*at_ != '.' && *at_ != 'e' && *at_ != 'E');
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

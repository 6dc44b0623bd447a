// FlatScanner: the scanning of a line that FlatJson and FlatEdn share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace capsize::checker {

class FlatScanner {
 public:
  explicit FlatScanner(std::string_view line) : at_(line.data()), end_(line.data() + line.size()) {}

  bool take(char wanted) {
    if (at_ == end_ || *at_ != wanted) return false;
    ++at_;
    return true;
  }
  [[nodiscard]] bool at_end() const { return at_ == end_; }

  /// Call after the opening quote: reads printable ASCII without escapes and the closing quote.
  bool text(std::string_view& out) {
    const char* const begin = at_;
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

 protected:
  /// Reads an optional sign and digits without a leading zero, few enough to fit into 64 bits.
  bool digits(std::int64_t& out) {
    constexpr int kDigitsMax = 18;
    const bool negative = take('-');
    const char* const begin = at_;
    std::int64_t number = 0;
    for (; at_ != end_ && *at_ >= '0' && *at_ <= '9'; ++at_) {
      if (at_ - begin == kDigitsMax) return false;
      number = number * 10 + (*at_ - '0');
    }
    const auto count = at_ - begin;
    out = negative ? -number : number;
    return count == 1 || (count > 1 && *begin != '0');
  }

  const char* at_;
  const char* end_;
};

}  // namespace capsize::checker

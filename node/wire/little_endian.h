// Little-endian numbers in byte buffers, for all binary formats of Capsize.
//
// All supported machines are little endian (checked below), so this is a memcpy.
#pragma once

#include <bit>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

namespace capsize::wire {

static_assert(std::endian::native == std::endian::little,
              "the formats use the byte order of memory");

template <class Number>
requires std::is_integral_v<Number>
void put(char* at, Number value) {
  std::memcpy(at, &value, sizeof value);
}

template <class Number>
requires std::is_integral_v<Number>
void append(std::string& bytes, Number value) {
  char raw[sizeof value];
  put(raw, value);
  bytes.append(raw, sizeof value);
}

/// Precondition: sizeof(Number) bytes are readable at `at`.
template <class Number>
requires std::is_integral_v<Number>
[[nodiscard]] Number get(const char* at) {
  Number value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

/// Reads numbers and byte strings from the front of a buffer. After the first read beyond the end,
/// all reads return zero or empty and ok() stays false, so a decoder checks only once, at its end.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  template <class Number>
  [[nodiscard]] Number number() {
    const std::string_view raw = bytes(sizeof(Number));
    return raw.empty() ? Number{} : get<Number>(raw.data());
  }
  [[nodiscard]] std::string_view bytes(std::size_t count) {
    if (!ok_ || count > rest_.size()) {
      ok_ = false;
      return {};
    }
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  /// A byte that must be 0 or 1.
  [[nodiscard]] bool flag() {
    const auto value = number<unsigned char>();
    ok_ = ok_ && value <= 1;
    return value == 1;
  }
  [[nodiscard]] std::size_t left() const { return rest_.size(); }
  [[nodiscard]] bool ok() const { return ok_; }
  /// All reads succeeded, and no bytes are left.
  [[nodiscard]] bool finished() const { return ok_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace capsize::wire

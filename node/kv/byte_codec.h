// Little-endian numbers and length-prefixed strings, for the payloads of log entries. Reading is
// strict and bounded: a length is accepted only if the buffer has that many bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace capsize::kv {

class ByteWriter {
 public:
  ByteWriter() = default;
  /// Appends to `bytes`.
  explicit ByteWriter(std::string bytes) : bytes_(std::move(bytes)) {}
  void u8(std::uint8_t value) { bytes_.push_back(static_cast<char>(value)); }
  void u32(std::uint32_t value) { number(value, 4); }
  void u64(std::uint64_t value) { number(value, 8); }
  /// Length in 32 bits, then the bytes. Precondition: shorter than 4 GiB.
  void text(std::string_view value) {
    u32(static_cast<std::uint32_t>(value.size()));
    bytes_.append(value);
  }
  void reserve(std::size_t size) { bytes_.reserve(size); }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }
  [[nodiscard]] std::string take() && { return std::move(bytes_); }

 private:
  void number(std::uint64_t value, int width) {
    for (int i = 0; i < width; ++i) bytes_.push_back(static_cast<char>(value >> (8 * i) & 0xff));
  }
  std::string bytes_;
};

/// After the first failed read, all reads return zero or empty and ok() is false.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : left_(bytes) {}
  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  std::uint64_t u64() { return number(8); }
  std::string_view text(std::size_t size_max) {
    const std::size_t size = u32();
    if (size > size_max || size > left_.size()) return fail();
    const std::string_view value = left_.substr(0, size);
    left_.remove_prefix(size);
    return value;
  }
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool at_end() const { return left_.empty(); }

 private:
  std::string_view fail() {
    ok_ = false;
    left_ = {};
    return {};
  }
  std::uint64_t number(std::size_t width) {
    if (left_.size() < width) {
      fail();
      return 0;
    }
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < width; ++i) {
      value |= std::uint64_t{static_cast<unsigned char>(left_[i])} << (8 * i);
    }
    left_.remove_prefix(width);
    return value;
  }

  std::string_view left_;
  bool ok_ = true;
};

}  // namespace capsize::kv

// Columns of numbers for a page: little-endian arrays, one after the other, compressed with gzip
// and written as base64, because a page is text. The browser opens them with DecompressionStream.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/json.h"

namespace capsize::harness {

/// Returns the bytes as a gzip file in base64. The same bytes give the same text. Throws
/// std::bad_alloc only.
[[nodiscard]] std::string gzip_base64(std::string_view bytes);

class ColumnBlock {
 public:
  void add(std::string_view name, std::span<const std::uint8_t> values);
  void add(std::string_view name, std::span<const std::uint32_t> values);
  void add(std::string_view name, std::span<const float> values);
  /// Adds a text, such as JSON, as a column of bytes.
  void add_text(std::string_view name, std::string_view text);

  /// What the page needs to find the columns: {"bytes":…, "columns": {NAME: {"type": "u8", "u32" or
  /// "f32", "offset": a multiple of 8, "length": elements}}}.
  [[nodiscard]] base::Json directory() const;
  [[nodiscard]] std::string text() const { return gzip_base64(bytes_); }

 private:
  void add(std::string_view name, const char* type, std::string_view bytes, std::size_t length);

  std::string bytes_;
  base::Json columns_ = base::Json::object();
};

}  // namespace capsize::harness

#include "base/printable.h"

#include <fmt/core.h>

#include <cstdint>

namespace capsize::base {
namespace {

struct Decoded {
  std::uint32_t character = 0;
  std::size_t bytes = 0;  // 0: not UTF-8
};

/// The first character of a non-empty text. Strict: refuses surrogates and overlong encodings.
Decoded decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t bytes = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < bytes) return {};
  std::uint32_t character = first & (0xFFU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return {};
    character = (character << 6U) | (byte(i) & 0x3FU);
  }
  constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = character >= 0xD800 && character <= 0xDFFF;
  if (character < kLeast[bytes] || character > 0x10FFFF || surrogate) return {};
  return {character, bytes};
}

bool acts_on_a_terminal(std::uint32_t character) {
  const auto within = [character](std::uint32_t from, std::uint32_t to) {
    return character >= from && character <= to;
  };
  return character < 0x20 || within(0x7F, 0x9F) ||            // C0, DEL, C1
         within(0x200E, 0x200F) || within(0x2028, 0x202E) ||  // directions, line separators
         within(0x2066, 0x2069) || character == 0x061C || character == 0xFEFF;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string shown;
  shown.reserve(text.size());
  while (!text.empty()) {
    const auto [character, bytes] = decode(text);
    if (bytes == 0) {
      shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(text.front()));
    } else if (acts_on_a_terminal(character)) {
      shown += character < 0x100 ? fmt::format("\\x{:02x}", character)
                                 : fmt::format("\\u{:04x}", character);
    } else {
      shown += text.substr(0, bytes);
    }
    text.remove_prefix(bytes == 0 ? 1 : bytes);
  }
  return shown;
}

}  // namespace capsize::base

#include "base/printable.h"

#include <fmt/core.h>

#include <cstdint>

#include "base/utf8.h"

namespace capsize::base {
namespace {

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
    const auto [character, bytes] = decode_utf8(text);
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

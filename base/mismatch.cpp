#include "base/mismatch.h"

#include <fmt/core.h>

namespace capsize::base {

std::string excerpt(std::string_view text) {
  constexpr std::size_t kShownMax = 60;
  std::string out;
  for (const char c : text.substr(0, kShownMax)) {
    const auto byte = static_cast<unsigned char>(c);
    out += byte < 0x20 || byte >= 0x7F ? fmt::format("\\x{:02x}", byte) : std::string(1, c);
  }
  if (text.size() > kShownMax) out += "...";
  return out;
}

}  // namespace capsize::base

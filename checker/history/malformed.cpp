#include "checker/history/malformed.h"

#include <fmt/core.h>

namespace capsize::checker {

std::string Malformed::message() const {
  if (line == 0) return fmt::format("{}: found {}, expected {}", file, found, expected);
  if (line_is_record) {
    return fmt::format("{}: record {}: found {}, expected {}", file, line, found, expected);
  }
  return fmt::format("{}:{}:{}: found {}, expected {}", file, line, column, found, expected);
}

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

}  // namespace capsize::checker

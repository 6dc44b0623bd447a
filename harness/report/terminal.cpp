#include "harness/report/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>

namespace capsize::harness {
namespace {

constexpr std::size_t kWidthDefault = 80;

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

}  // namespace

std::size_t terminal_width(int descriptor) {
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  std::size_t columns = 0;
  if (const char* text = std::getenv("COLUMNS")) {
    const std::string_view digits(text);
    const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), columns).ptr;
    if (end != digits.data() + digits.size()) columns = 0;
  }
  return columns > 0 ? columns : kWidthDefault;
}

bool wants_colours(int descriptor) {
  const char* terminal = std::getenv("TERM");
  const bool dumb = terminal != nullptr && std::string_view(terminal) == "dumb";
  return ::isatty(descriptor) == 1 && !is_set("NO_COLOR") && !dumb;
}

std::string coloured(std::string_view text, checker::Verdict verdict, bool colours) {
  if (!colours) return std::string(text);
  const char* colour =
      verdict == checker::Verdict::kValid                                              ? "\033[32m"
      : verdict == checker::Verdict::kUnknown || verdict == checker::Verdict::kVacuous ? "\033[33m"
      : verdict == checker::Verdict::kHarnessError ? "\033[1;35m"
                                                   : "\033[1;31m";
  return std::string(colour).append(text).append("\033[0m");
}

std::string fitted(std::string_view text, std::size_t columns) {
  constexpr std::string_view kCut = "...";
  std::string line(text);
  for (char& c : line) c = c < ' ' || c > '~' ? '?' : c;
  if (line.size() <= columns) return line;
  if (columns <= kCut.size()) return line.substr(0, columns);
  return line.substr(0, columns - kCut.size()).append(kCut);
}

}  // namespace capsize::harness

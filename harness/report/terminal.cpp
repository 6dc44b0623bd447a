#include "harness/report/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
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

std::string painted(std::string_view text, Colour colour, bool colours) {
  if (!colours || colour == Colour::kNone) return std::string(text);
  constexpr std::array<std::string_view, 6> kCodes = {"",         "\033[1m",  "\033[1;31m",
                                                      "\033[32m", "\033[33m", "\033[1;35m"};
  return std::string(kCodes.at(static_cast<std::size_t>(colour))).append(text).append("\033[0m");
}

std::string coloured(std::string_view text, checker::Verdict verdict, bool colours) {
  using checker::Verdict;
  const Colour colour = verdict == Verdict::kValid ? Colour::kGreen
                        : verdict == Verdict::kUnknown || verdict == Verdict::kVacuous
                            ? Colour::kYellow
                        : verdict == Verdict::kHarnessError ? Colour::kMagenta
                                                            : Colour::kRed;
  return painted(text, colour, colours);
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

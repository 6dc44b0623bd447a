#include "harness/report/status_lines.h"

#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>

#include "harness/report/terminal.h"

namespace capsize::harness {

StatusLines::StatusLines()
    : terminal_(::isatty(STDERR_FILENO) == 1), colours_(wants_colours(STDERR_FILENO)) {}

StatusLines::~StatusLines() {
  clear();
}

void StatusLines::clear() {
  if (drawn_ == 0) return;
  std::fputs(fmt::format("\033[{}A\033[J", drawn_).c_str(), stderr);
  drawn_ = 0;
}

// fmt::print would throw if the line cannot be written.
void StatusLines::print(const std::string& line) {
  std::fputs((line + "\n").c_str(), stderr);
  std::fflush(stderr);
}

void StatusLines::print_fitted(const std::string& line) {
  print(terminal_ && !colours_ ? fitted(line, terminal_width(STDERR_FILENO) - 1) : line);
}

void StatusLines::draw(const std::string& line) {
  print(fitted(line, terminal_width(STDERR_FILENO) - 1));
  ++drawn_;
}

}  // namespace capsize::harness

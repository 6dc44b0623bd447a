// What long work shows on standard error: lines that stay, and on a terminal, below them, lines
// that are redrawn in place. A full or closed standard error never ends the work.
#pragma once

#include <cstddef>
#include <string>

namespace capsize::harness {

class StatusLines {
 public:
  StatusLines();
  /// Removes the lines that are redrawn.
  ~StatusLines();
  StatusLines(const StatusLines&) = delete;
  StatusLines& operator=(const StatusLines&) = delete;

  [[nodiscard]] bool terminal() const { return terminal_; }
  [[nodiscard]] bool colours() const { return colours_; }
  /// Removes the lines that are redrawn.
  void clear();
  /// What is drawn stays: nothing removes it any more.
  void keep() { drawn_ = 0; }
  /// Adds a line that stays. Precondition: clear() has removed the others.
  void print(const std::string& line);
  /// The same, cut to the width of the terminal, unless escape sequences make its width unknown.
  void print_fitted(const std::string& line);
  /// Adds a line that the next clear() removes. Precondition: terminal().
  void draw(const std::string& line);

 private:
  bool terminal_;
  bool colours_;
  std::size_t drawn_ = 0;
};

}  // namespace capsize::harness

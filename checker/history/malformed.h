// Malformed: why a file could not be read as a history or a trace, in terms a person can act on.
//
// Always names the place, what was found there and what was expected. Line and column count from 1;
// line 0 means the file as a whole (it cannot be opened, its format is not known).
#pragma once

#include <cstdint>
#include <string>

#include "base/mismatch.h"

namespace capsize::checker {

struct Malformed {
  std::string file;
  std::uint64_t line = 0;
  std::uint64_t column = 0;  ///< 1 when the line as a whole is at fault
  std::string found;
  std::string expected;
  bool line_is_record = false;  ///< `line` counts records, of which the file has several a line

  /// One line: "history.jsonl:7:12: found …, expected …".
  [[nodiscard]] std::string message() const;
};

using base::excerpt;

}  // namespace capsize::checker

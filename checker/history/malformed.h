// Malformed: why a file could not be read as a history or a trace.
//
// It always has the place, what was found there and what was expected. Lines and columns count from
// 1; line 0 means the file as a whole (it cannot be opened, or its format is unknown).
#pragma once

#include <cstdint>
#include <string>

#include "base/mismatch.h"

namespace capsize::checker {

struct Malformed {
  std::string file;
  std::uint64_t line = 0;
  std::uint64_t column = 0;  ///< 1 if the line as a whole is wrong
  std::string found;
  std::string expected;
  bool line_is_record = false;  ///< `line` counts records; the file has several per line

  /// Returns one line of text: "history.jsonl:7:12: found …, expected …".
  [[nodiscard]] std::string message() const;
};

using base::excerpt;

}  // namespace capsize::checker

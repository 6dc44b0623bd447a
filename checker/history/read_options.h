// ReadOptions: how a file is to be understood where it does not say so itself.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "checker/history/vocabulary.h"

namespace capsize::checker {

struct ReadOptions {
  std::string format = {};              ///< empty: recognised by the first line
  Vocabulary vocabulary = {};           ///< names of the file that mean something else
  std::optional<std::string> key = {};  ///< leave out all operations but those of this key
  /// Clocks of different processes differ by at most so much: every interval of a format with one
  /// line an operation is wider by this at both ends.
  std::chrono::nanoseconds clock_error{0};
  /// Lines that cannot be read and events that break the rules of processes are skipped and
  /// counted. What was skipped may be missed: a verdict is then one on what was left.
  bool lenient = false;
};

}  // namespace capsize::checker

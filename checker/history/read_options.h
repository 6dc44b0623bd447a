// ReadOptions: how a file is to be understood where it does not say so itself.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "checker/history/vocabulary.h"

namespace capsize::checker {

struct ReadOptions {
  std::string format = {};              ///< empty: recognised by the first line
  Vocabulary vocabulary = {};           ///< names of the file that mean something else
  std::optional<std::string> key = {};  ///< leave out all operations but those of this key
  /// Clocks of different processes differ by at most so much: every interval of a format with one
  /// line an operation is wider by this at both ends.
  std::chrono::nanoseconds clock_error{0};
  /// Nanoseconds in one unit of the file's times; never guessed. Nothing: whole nanoseconds, or a
  /// date with its time (ISO 8601).
  std::optional<std::int64_t> time_unit = {};
  /// Values are [key value] pairs of independent keys (Jepsen): yes, no, or as the file shows.
  std::optional<bool> independent = {};
  /// The file has completions only, and each operation ended before the next began.
  bool sequence = false;
  /// Functions that some model or check understands, besides the synonyms of vocabulary.h. An event
  /// of a process with a name and of any other function is no operation. Empty: all functions are.
  std::vector<std::string_view> known_functions = {};
  /// Functions of a model of the user's own: they have no synonyms.
  std::vector<std::string> own_functions = {};
  /// Lines that cannot be read and events that break the rules of processes are skipped and
  /// counted. What was skipped may be missed: a verdict is then one on what was left.
  bool lenient = false;
};

}  // namespace capsize::checker

// ReadOptions: how to interpret a file where its content leaves it open.
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
  Vocabulary vocabulary = {};           ///< the file's names for fields, functions, types
  std::optional<std::string> key = {};  ///< read only the operations of this key
  /// The largest deviation of a clock from the true time. In formats with one line per operation
  /// every interval is widened by it at both ends.
  std::chrono::nanoseconds clock_error{0};
  /// Nanoseconds per unit of the file's times; never guessed. Nothing: times are whole nanoseconds,
  /// or dates with a time of day (ISO 8601).
  std::optional<std::int64_t> time_unit = {};
  /// Values are [key value] pairs of independent keys (Jepsen): yes, no, or detected (nothing).
  std::optional<bool> independent = {};
  /// The file has completions only, and each operation ended before the next began.
  bool sequence = false;
  /// Functions that some model or check knows, besides the synonyms of vocabulary.h. An event of a
  /// named process with any other function is not an operation. Empty: all functions are known.
  std::vector<std::string_view> known_functions = {};
  /// Functions of a user-defined model, which have no synonyms.
  std::vector<std::string> own_functions = {};
  /// Lines that cannot be read and events that break the rules of processes are skipped and
  /// counted. The verdict is then about the remaining operations only.
  bool lenient = false;
};

}  // namespace capsize::checker

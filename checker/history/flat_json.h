// FlatJson: parses the one kind of line that nearly all histories consist of, several times faster
// than a general JSON parser.
//
// Such a line is one object whose fields are integers, null, plain strings (printable ASCII, no
// escapes) or pairs of integers and nulls, with at most one blank after a colon or comma. Any other
// line, malformed ones included, is refused without an error message, and the caller uses the
// general parser. Lines that are accepted here have the same meaning there.
#pragma once

#include <cstdint>
#include <string_view>

#include "checker/history/vocabulary.h"

namespace capsize::checker {

struct FlatScalar {
  enum class Kind : std::uint8_t { kAbsent, kNull, kInteger, kText, kPair };
  Kind kind = Kind::kAbsent;
  bool null[2] = {false, false};  ///< kPair: which of the two is null
  std::int64_t integer = 0;       ///< kInteger, or the first of a pair
  std::int64_t second = 0;        ///< the second of a pair
  std::string_view text = {};     ///< kText; valid as long as the line
};

struct FlatFields {
  FlatScalar index, time, process, type, function, key, value, error;
  bool others = false;  ///< the line has fields with other names
};

/// Returns the field with this name of Capsize's; nullptr if the line has none.
[[nodiscard]] inline FlatScalar* find_field(FlatFields& fields, std::string_view name) {
  switch (name.size()) {
    case 1:
      return name == "f" ? &fields.function : nullptr;
    case 3:
      return name == "key" ? &fields.key : nullptr;
    case 4:
      return name == "time" ? &fields.time : name == "type" ? &fields.type : nullptr;
    case 5:
      return name == "index"   ? &fields.index
             : name == "value" ? &fields.value
             : name == "error" ? &fields.error
                               : nullptr;
    case 7:
      return name == "process" ? &fields.process : nullptr;
    default:
      return nullptr;
  }
}

/// Precondition: at least one readable byte follows the line (LineReader::kPadding).
[[nodiscard]] bool read_flat_json(std::string_view line, const Vocabulary& vocabulary,
                                  FlatFields& fields);

}  // namespace capsize::checker

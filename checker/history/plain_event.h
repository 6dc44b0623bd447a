// PlainEvent: an event on a line of JSON of the usual shape, parsed as far as possible without any
// other line.
//
// So the lines of a file can be parsed on all cores, in any order, and only what needs the order
// (numbers for names, pairing) is left for the one thread that builds the history. A line that is
// unusual in any way, errors included, is no plain event, and the general parser reads it in its
// turn.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "checker/history/flat_json.h"
#include "checker/history/operation.h"
#include "checker/history/vocabulary.h"

namespace capsize::checker {

struct PlainEvent {
  /// A piece of the line.
  struct Piece {
    std::uint32_t begin = 0;
    std::uint32_t size = 0;
    [[nodiscard]] std::string_view of(std::string_view line) const {
      return line.substr(begin, size);
    }
  };

  std::int64_t index = 0;
  std::int64_t time = 0;
  std::int64_t process = 0;
  std::int64_t value = 0;           ///< an integer, or the first of a pair
  std::int64_t second = 0;          ///< of a pair
  Piece function, key, type, text;  ///< `text`: the value, where it is one
  Piece process_name;               ///< of a client with a name, which then has no number
  /// The function, where it is one of the few that nearly all operations use.
  std::optional<FunctionId> known_function;
  FlatScalar::Kind value_kind = FlatScalar::Kind::kAbsent;
  bool value_null[2] = {false, false};
  bool has_index = false;
  bool has_time = false;
  bool has_key = false;
  bool has_process_name = false;
  bool has_error = false;
  bool mismatch = false;
};

/// From the fields of a line; false where one of them is unusual.
[[nodiscard]] bool to_plain_event(const FlatFields& fields, std::string_view line,
                                  const Vocabulary& vocabulary, PlainEvent& event);

/// False where the line is anything else. Precondition: some readable byte follows the line.
[[nodiscard]] bool read_plain_event(std::string_view line, const Vocabulary& vocabulary,
                                    PlainEvent& event);

/// What a format means by things that all write alike.
struct PlainMeaning {
  bool unexplained_cas_mismatches =
      false;  ///< a cas that failed without an error saw another value
};

class HistoryBuilder;
struct Line;

/// Hands the event on; false, and nothing happened, where it has no meaning.
[[nodiscard]] bool add_plain_event(const PlainEvent& plain, const Line& line,
                                   HistoryBuilder& builder, const PlainMeaning& meaning);

}  // namespace capsize::checker

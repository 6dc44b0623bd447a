// PlainEvent: an event on a JSON line of the usual kind, parsed as far as is possible without any
// other line.
//
// So the lines of a file can be parsed on all cores, in any order, and only the steps that need the
// order (numbers for names, pairing) are left to the thread that builds the history. Any unusual
// line, malformed ones included, is not a plain event; the general parser reads it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "checker/history/flat_json.h"
#include "checker/history/operation.h"
#include "checker/history/vocabulary.h"

namespace capsize::checker {

struct PlainEvent {
  /// A part of the line.
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
  std::int64_t value = 0;           ///< an integer, or the first element of a pair
  std::int64_t second = 0;          ///< the second element of a pair
  Piece function, key, type, text;  ///< `text`: the value, if it is a string
  Piece process_name;               ///< of a client with a name, which then has no number
  /// The function, if it is one of the few that nearly all operations use.
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

/// Fills in the event from the fields of a line; returns false if one of them is unusual.
[[nodiscard]] bool to_plain_event(const FlatFields& fields, std::string_view line,
                                  const Vocabulary& vocabulary, PlainEvent& event);

/// Returns false for any other line. Precondition: at least one readable byte follows the line.
[[nodiscard]] bool read_plain_event(std::string_view line, const Vocabulary& vocabulary,
                                    PlainEvent& event);

/// How a format interprets what all formats write alike.
struct PlainMeaning {
  bool unexplained_cas_mismatches =
      false;  ///< a cas that failed without an error observed another value
};

class HistoryBuilder;
struct Line;

/// Passes the event to the builder. Returns false, without an effect, if the event has no valid
/// meaning.
[[nodiscard]] bool add_plain_event(const PlainEvent& plain, const Line& line,
                                   HistoryBuilder& builder, const PlainMeaning& meaning);

}  // namespace capsize::checker

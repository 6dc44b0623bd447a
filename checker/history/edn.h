// EdnReader: reads values in EDN, the notation of Clojure (github.com/edn-format/edn).
//
// It accepts everything that a history may contain: comments, discarded forms (#_), metadata,
// tagged elements, namespaced maps, characters, symbols, big and exact numbers. A value that JSON
// does not have becomes the closest one that it has: keywords, symbols and characters become
// strings, a tag is dropped, a set becomes a sorted list. The reader stops at the first form that
// is not EDN; column() and found() then describe it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "checker/history/values.h"

namespace capsize::checker {

class EdnReader {
 public:
  /// One less than in JSON, where the line itself is a level.
  static constexpr int kDepthMax = 31;

  EdnReader(std::string_view text, std::size_t begin) : text_(text), at_(begin) {}

  /// Each skips separators, and returns nothing, without consuming input, if the next form is of
  /// another kind.
  std::optional<std::int64_t> integer();
  /// Returns the name without its colon.
  std::optional<std::string_view> keyword();
  std::optional<ValueId> value(ValueTable& values) { return value(values, 0); }
  /// Reads a value and discards it.
  bool skip_value() { return skip_form(0); }
  /// Calls `field` with each key of a map, tagged or not; it has to read the value. Returns false
  /// if a call does, or if the map is malformed. Fields whose names are not keywords are skipped.
  bool map(const std::function<bool(std::string_view)>& field);
  bool starts_with(std::string_view prefix);
  bool at_end() { return column() > text_.size(); }

  /// The column of the next form, from 1.
  [[nodiscard]] std::uint64_t column();
  [[nodiscard]] std::string found();

 private:
  void skip();
  bool discard(std::size_t size);
  bool skip_form(int depth);
  bool skip_elements(char close, int depth);
  std::optional<ValueId> value(ValueTable& values, int depth);
  std::optional<ValueId> sequence(ValueTable& values, int depth);
  std::optional<ValueId> number(ValueTable& values);
  std::optional<std::string> character();
  void skip_tag();
  std::string_view token() const;
  std::optional<std::string> string();
  bool escape(std::size_t& at, std::string& out) const;
  bool consume(std::string_view word);

  std::string_view text_;
  std::size_t at_;
  int discarding_ = 0;  // forms within #_, which may hold others
  bool is_broken_ = false;
};

}  // namespace capsize::checker

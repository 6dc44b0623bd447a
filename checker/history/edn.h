// EdnReader: reads EDN, the notation of Clojure (github.com/edn-format/edn), as far as values go.
//
// Everything that may stand in a history is read: comments, discarded forms (#_), metadata, tagged
// elements, namespaced maps, characters, symbols, big and exact numbers. What is no JSON value
// becomes the closest one: keywords, symbols and characters are texts, a tag is dropped, sets are
// sorted lists, maps are maps. It reads from left to right and stops at the first thing that is not
// EDN, which column() and found() then name.
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

  /// Each skips what separates, and consumes nothing when the next thing is something else.
  std::optional<std::int64_t> integer();
  /// The name without its colon.
  std::optional<std::string_view> keyword();
  std::optional<ValueId> value(ValueTable& values) { return value(values, 0); }
  /// Reads a value and forgets it.
  bool skip_value() { return skip_form(0); }
  /// Calls `field` after each key of a map, tagged or not, to read its value; false where that or
  /// the map is broken. Fields whose name is no keyword are skipped.
  bool map(const std::function<bool(std::string_view)>& field);
  bool starts_with(std::string_view prefix);
  bool at_end() { return column() > text_.size(); }

  /// Of the next thing, from 1.
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

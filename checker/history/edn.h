// EdnReader: the little of Clojure's notation (EDN) that histories are written in.
//
// Integers, strings, nil, true, false, keywords, vectors and maps of them; white space and commas
// separate. It reads from left to right and stops at the first thing it does not understand, which
// column() and found() then name.
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
  /// Calls `field` after each key of a map, tagged or not, to read its value; false where that or
  /// the map is broken.
  bool map(const std::function<bool(std::string_view)>& field);
  bool starts_with(std::string_view prefix);
  /// A bracket.
  bool take(char bracket) { return consume({&bracket, 1}); }
  bool at_end() { return column() > text_.size(); }

  /// Of the next thing, from 1.
  [[nodiscard]] std::uint64_t column();
  [[nodiscard]] std::string found();

 private:
  void skip();
  std::optional<ValueId> value(ValueTable& values, int depth);
  std::optional<ValueId> sequence(ValueTable& values, int depth);
  std::optional<ValueId> other(ValueTable& values);
  void skip_tag();
  std::optional<std::string> string();
  bool consume(std::string_view word);

  std::string_view text_;
  std::size_t at_;
};

}  // namespace capsize::checker

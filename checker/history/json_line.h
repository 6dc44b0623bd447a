// JsonLine: one line of a file as a JSON object, and errors that point into it.
//
// Shared by all formats that consist of JSON lines: a bound on nesting, the optional header on the
// first line, and errors with the column of the wrong field.
#pragma once

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>

#include "checker/history/format.h"

namespace capsize::checker {

class JsonLine {
 public:
  using Element = simdjson::dom::element;
  using Object = simdjson::dom::object;

  JsonLine();

  /// The object is valid until the next call.
  [[nodiscard]] std::optional<LineError> parse(const Line& line, const HistoryBuilder& builder,
                                               Object& object);

  /// Both return an error about the line that was parsed last.
  [[nodiscard]] LineError wrong(std::uint64_t column, std::string found,
                                std::string expected) const;
  /// `field` is Capsize's name of the field; `found` is nothing if the line has no such field.
  [[nodiscard]] LineError wrong(std::string_view field, const std::optional<Element>& found,
                                std::string expected) const;

 private:
  [[nodiscard]] simdjson::error_code parse_text(std::string_view text, Element& document);

  simdjson::dom::parser parser_;
  std::string rewritten_;
  simdjson::error_code allocated_ = simdjson::SUCCESS;
  Line line_;
  const HistoryBuilder* builder_ = nullptr;
};

/// Returns the key that a JSON value names; 1 and "1" are different keys.
[[nodiscard]] KeyId json_key(HistoryBuilder& builder, const JsonLine::Element& value);

/// Returns the element at a dotted path of field names, "Input.Key"; names may contain dots.
[[nodiscard]] std::optional<JsonLine::Element> element_at(const JsonLine::Object& object,
                                                          std::string_view path);

/// Calls set(name, element) for each of `names` that a rule maps to a field nested in another one.
template <class Names, class Set>
void for_nested_fields(const JsonLine::Object& object, const Vocabulary& vocabulary,
                       const Names& names, const Set& set) {
  if (!vocabulary.renames_fields()) return;
  for (const std::string_view name : names) {
    const std::string_view path = vocabulary.in_file(name);
    if (path.find('.') == std::string_view::npos) continue;
    if (const auto found = element_at(object, path)) set(name, *found);
  }
}

/// Returns "invoke" for ":invoke": some EDN converters keep the colon of a keyword.
[[nodiscard]] std::string_view without_colon(std::string_view text);

/// Returns the client that a JSON value names, by a number >= 0 or a name; nothing if it is
/// neither.
[[nodiscard]] std::optional<std::int64_t> json_process(HistoryBuilder& builder,
                                                       const JsonLine::Element& value);

/// Returns a time in nanoseconds, from a number in the unit of the file or a date with a time of
/// day.
[[nodiscard]] std::optional<std::int64_t> json_time(const HistoryBuilder& builder,
                                                    const JsonLine::Element& value);

/// Whether an object is the header of a history: {"capsize-history":1,"model":…,"initial":…}.
[[nodiscard]] bool is_header(const JsonLine::Object& object);
[[nodiscard]] std::optional<LineError> read_header(const JsonLine::Object& object,
                                                   const JsonLine& line, HistoryBuilder& builder);

}  // namespace capsize::checker

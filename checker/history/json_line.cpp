#include "checker/history/json_line.h"

#include <fmt/core.h>

#include "checker/history/json.h"

namespace capsize::checker {
namespace {

constexpr std::int64_t kHeaderVersion = 1;
constexpr std::string_view kHeaderField = "capsize-history";
constexpr std::size_t kFirstCapacity = std::size_t{1} << 12;

}  // namespace

JsonLine::JsonLine() {
  allocated_ = parser_.allocate(kFirstCapacity, kJsonDepthMax);
}

std::optional<LineError> JsonLine::parse(const Line& line, const HistoryBuilder& builder,
                                         Object& object) {
  line_ = line;
  builder_ = &builder;
  // Growing by hand, since growing inside parse() would forget the bound on nesting.
  if (line.text.size() > parser_.capacity()) {
    allocated_ = parser_.allocate(line.text.size() * 2, kJsonDepthMax);
  }
  if (allocated_ != simdjson::SUCCESS) return wrong(1, "a line too long for memory", "less");
  Element document;
  const auto error = parser_.parse(line.text.data(), line.text.size(), false).get(document);
  if (error != simdjson::SUCCESS) {
    JsonError where = explain_json_error(line.text);
    auto failure = wrong(where.column, std::move(where.found), std::move(where.expected));
    failure.may_be_cut_off = true;
    return failure;
  }
  if (document.get_object().get(object) == simdjson::SUCCESS) return std::nullopt;
  return wrong(1, excerpt(line.text), "a JSON object");
}

LineError JsonLine::wrong(std::uint64_t column, std::string found, std::string expected) const {
  return {{builder_->history().file, line_.number, column, std::move(found), std::move(expected)},
          false};
}

LineError JsonLine::wrong(std::string_view field, const std::optional<Element>& found,
                          std::string expected) const {
  field = builder_->vocabulary().in_file(field);
  if (!found) return wrong(1, fmt::format("no \"{}\"", field), std::move(expected));
  return wrong(column_of(line_.text, field),
               fmt::format("\"{}\": {}", field, excerpt(simdjson::minify(*found))),
               std::move(expected));
}

KeyId json_key(HistoryBuilder& builder, const JsonLine::Element& value) {
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) return builder.key(text);
  return builder.key(simdjson::minify(value), false);
}

bool is_header(const JsonLine::Object& object) {
  JsonLine::Element version;
  return object[kHeaderField].get(version) == simdjson::SUCCESS;
}

std::optional<LineError> read_header(const JsonLine::Object& object, const JsonLine& line,
                                     HistoryBuilder& builder) {
  History& history = builder.history();
  JsonLine::Element value;
  std::int64_t number = 0;
  if (object[kHeaderField].get(value) == simdjson::SUCCESS &&
      (value.get(number) != simdjson::SUCCESS || number != kHeaderVersion)) {
    return line.wrong(kHeaderField, value, fmt::format("version {}", kHeaderVersion));
  }
  std::string_view model;
  if (object["model"].get(value) == simdjson::SUCCESS && !value.is_null()) {
    if (value.get(model) != simdjson::SUCCESS) return line.wrong("model", value, "a name");
    history.header_model = model;
  }
  if (object["initial"].get(value) == simdjson::SUCCESS) {
    history.initial = intern_json(builder.values(), value);
  }
  return std::nullopt;
}

}  // namespace capsize::checker

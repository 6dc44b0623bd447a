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
  Element document;
  auto error = parse_text(line.text, document);
  if (allocated_ != simdjson::SUCCESS) return wrong(1, "a line too long for memory", "less");
  if (error != simdjson::SUCCESS) {
    if (auto text = with_big_integers_as_text(line.text)) {
      rewritten_ = *std::move(text);
      error = parse_text(rewritten_, document);
    }
  }
  if (error != simdjson::SUCCESS) {
    JsonError where = explain_json_error(line.text);
    auto failure = wrong(where.column, std::move(where.found), std::move(where.expected));
    failure.may_be_cut_off = true;
    return failure;
  }
  if (document.get_object().get(object) == simdjson::SUCCESS) return std::nullopt;
  return wrong(1, excerpt(line.text), "a JSON object");
}

simdjson::error_code JsonLine::parse_text(std::string_view text, Element& document) {
  // Allocates explicitly, because an allocation inside parse() would reset the bound on nesting.
  if (text.size() > parser_.capacity()) {
    allocated_ = parser_.allocate(text.size() * 2, kJsonDepthMax);
  }
  if (allocated_ != simdjson::SUCCESS) return allocated_;
  // A line is followed by padding; a rewritten text is copied to a padded buffer.
  const bool has_padding = text.data() != rewritten_.data();
  return parser_.parse(text.data(), text.size(), !has_padding).get(document);
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

std::optional<JsonLine::Element> element_at(const JsonLine::Object& object, std::string_view path) {
  JsonLine::Element found;
  if (object[path].get(found) == simdjson::SUCCESS) return found;
  for (std::size_t dot = path.find('.'); dot != std::string_view::npos;
       dot = path.find('.', dot + 1)) {
    JsonLine::Object inner;
    if (object[path.substr(0, dot)].get(inner) != simdjson::SUCCESS) continue;
    if (const auto within = element_at(inner, path.substr(dot + 1))) return within;
  }
  return std::nullopt;
}

std::string_view without_colon(std::string_view text) {
  return text.size() > 1 && text.front() == ':' ? text.substr(1) : text;
}

std::optional<std::int64_t> json_process(HistoryBuilder& builder, const JsonLine::Element& value) {
  std::int64_t number = 0;
  if (value.get(number) == simdjson::SUCCESS) {
    return number >= 0 ? number : builder.process(std::to_string(number));
  }
  std::string_view name;
  if (value.get(name) == simdjson::SUCCESS) return builder.process(without_colon(name));
  if (value.is_null()) return builder.process("null");
  return std::nullopt;
}

std::optional<std::int64_t> json_time(const HistoryBuilder& builder,
                                      const JsonLine::Element& value) {
  std::int64_t whole = 0;
  if (value.get(whole) == simdjson::SUCCESS) return builder.time(whole);
  double number = 0;
  if (value.get(number) == simdjson::SUCCESS) return builder.time(number);
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) return builder.time(text);
  return std::nullopt;
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

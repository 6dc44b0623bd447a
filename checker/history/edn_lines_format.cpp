// One EDN map a line: {:process 0, :type :invoke, :f :append, :key "4", :value "x 0 3 y"}.
//
// The key-value histories that ship with Porcupine look like this. They call a write `put` and a
// read `get`, and a key that was never written reads as the empty string.
#include <fmt/format.h>

#include "checker/history/edn.h"
#include "checker/history/format.h"

namespace capsize::checker {
namespace {

bool recognises(std::string_view first_line) {
  const std::size_t at = first_line.find_first_not_of(" \t");
  return at != std::string_view::npos && first_line.substr(at).starts_with("{:");
}

class EdnLinesParser : public LineParser {
 public:
  std::optional<LineError> parse(const Line& line, HistoryBuilder& builder) override {
    if (line.text.find_first_not_of(" \t\r") == std::string_view::npos) return std::nullopt;
    EdnReader reader(line.text, 0);
    Event event;
    event.line = static_cast<std::uint32_t>(line.number);
    event.has_key = false;
    has_process_ = has_type_ = has_function_ = false;
    std::string missing = "a map";
    bool is_client = true;
    const bool whole = reader.map([&](std::string_view field) {
      missing = fmt::format("a value of :{}", field);
      return read_field(field, reader, builder, event, is_client);
    });
    const auto wrong = [&](std::string expected) {
      return LineError{{builder.history().file, line.number, reader.column(), reader.found(),
                        std::move(expected)},
                       true};
    };
    if (!whole) return wrong(missing);
    if (!is_client) return std::nullopt;
    if (!has_process_ || !has_type_ || !has_function_) return wrong(":process, :type and :f");
    if (!event.has_key && event.type == EventType::kInvoke) event.key = builder.key("", false);
    if (builder.history().functions[event.function] == "get") event.function = kRead;
    if (builder.history().functions[event.function] == "put") event.function = kWrite;
    if (!builder.history().initial) builder.history().initial = builder.values().text("");
    builder.add(event);
    return std::nullopt;
  }

 private:
  bool read_field(std::string_view field, EdnReader& reader, HistoryBuilder& builder, Event& event,
                  bool& is_client) {
    if (field == "process") {
      const auto process = reader.integer();
      is_client = process.has_value();
      event.process = process.value_or(0);
      return has_process_ = is_client || reader.keyword();
    }
    if (field == "type") {
      const auto name = reader.keyword();
      has_type_ = name && event_type(*name);
      if (has_type_) event.type = *event_type(*name);
      return has_type_;
    }
    if (field == "f") {
      const auto name = reader.keyword();
      const auto function = name ? builder.function(*name) : std::nullopt;
      event.function = function.value_or(0);
      return has_function_ = function.has_value();
    }
    const auto value = reader.value(builder.values());
    if (!value) return false;
    if (field == "key") {
      const ValueTable& values = builder.values();
      const bool text = values.kind(*value) == ValueTable::Kind::kText;
      event.key =
          text ? builder.key(values.as_text(*value)) : builder.key(values.json(*value), false);
      event.has_key = true;
    } else if (field == "value") {
      event.value = *value;
    }
    return true;
  }

  bool has_process_ = false, has_type_ = false, has_function_ = false;
};

std::unique_ptr<LineParser> make_parser() {
  return std::make_unique<EdnLinesParser>();
}

const FormatRegistrar kRegistrar({"edn", "one EDN map a line, as Porcupine's key-value histories",
                                  &recognises, &make_parser});

}  // namespace
}  // namespace capsize::checker

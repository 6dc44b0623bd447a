// EDN maps: {:process 0, :type :invoke, :f :append, :key "4", :value "x 0 3 y"}, one a line, or
// many in one vector. Two kinds of test write them:
//
// Jepsen's history.edn, with tagged records (#jepsen.history.Op{...}), :index and :time, events of
// the :nemesis, which are skipped, and [key value] in place of values where keys are independent.
//
// The key-value histories that ship with Porcupine. They call a write `put` and a read `get`, and a
// key that was never written reads as the empty string.
#include <fmt/core.h>

#include "checker/history/edn.h"
#include "checker/history/format.h"

namespace capsize::checker {
namespace {

bool recognises(std::string_view first_line, const Vocabulary&) {
  const std::size_t at = first_line.find_first_not_of(" \t[");
  if (at == std::string_view::npos) return first_line.find('[') != std::string_view::npos;
  const std::string_view rest = first_line.substr(at);
  return rest.starts_with("{:") || rest.starts_with("#jepsen.");
}

class EdnLinesParser : public LineParser {
 public:
  std::optional<LineError> parse(const Line& line, HistoryBuilder& builder) override {
    EdnReader reader(line.text, 0);
    if (!begun_ && !reader.at_end()) {
      begun_ = true;
      in_vector_ = reader.take('[');
    }
    while (!reader.at_end() && !(in_vector_ && reader.take(']'))) {
      if (auto error = record(reader, line, builder)) return error;
    }
    return std::nullopt;
  }

 private:
  std::optional<LineError> record(EdnReader& reader, const Line& line, HistoryBuilder& builder) {
    Event event;
    event.line = static_cast<std::uint32_t>(line.number);
    event.has_key = has_process_ = has_type_ = has_function_ = has_error_ = is_mismatch_ = false;
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
    add(event, builder);
    return std::nullopt;
  }

  void add(Event& event, HistoryBuilder& builder) const {
    if (!event.has_key && event.type == EventType::kInvoke) event.key = builder.key("", false);
    const std::string& name = builder.history().functions[event.function];
    const bool get = name == "get";
    if (get || name == "put") {
      event.function = get ? kRead : kWrite;
      if (!builder.history().initial) builder.history().initial = builder.values().text("");
    }
    // Without a reason given, a cas that failed is one that did not match.
    const bool unexplained_cas = event.function == kCas && !has_error_;
    event.mismatch = event.type == EventType::kFail && (is_mismatch_ || unexplained_cas);
    builder.allow_tuples();
    builder.add(event);
  }

  bool read_field(std::string_view field, EdnReader& reader, HistoryBuilder& builder, Event& event,
                  bool& is_client) {
    field = builder.vocabulary().field(field);
    if (field == "process") {
      const auto process = reader.integer();
      is_client = process.has_value();
      event.process = process.value_or(0);
      return has_process_ = is_client ? event.process >= 0 : reader.keyword().has_value();
    }
    if (field == "type") {
      const auto name = reader.keyword();
      const auto type = name ? builder.type(*name) : std::nullopt;
      event.type = type.value_or(EventType::kInvoke);
      return has_type_ = type.has_value();
    }
    if (field == "f") {
      const auto name = reader.keyword();
      const auto function = name ? builder.function(*name) : std::nullopt;
      event.function = function.value_or(0);
      return has_function_ = function.has_value();
    }
    if (field == "time" || field == "index") {
      if (const auto number = reader.integer(); number && *number >= 0) {
        note_number(field, *number, builder, event);
        return true;
      }
    }
    const auto value = reader.value(builder.values());
    if (!value) return false;
    if (field == "error" && *value != kNullValue) {
      has_error_ = true;
      is_mismatch_ = *value == builder.values().find_text("mismatch");
    }
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

  static void note_number(std::string_view field, std::int64_t number, HistoryBuilder& builder,
                          Event& event) {
    if (field == "time") {
      event.time = number;
    } else {
      event.index = static_cast<std::uint64_t>(number);
      builder.order_by_index();
    }
  }

  bool begun_ = false, in_vector_ = false;
  bool has_process_ = false, has_type_ = false, has_function_ = false;
  bool has_error_ = false, is_mismatch_ = false;
};

std::unique_ptr<LineParser> make_parser() {
  return std::make_unique<EdnLinesParser>();
}

const FormatRegistrar kRegistrar({"edn",
                                  "EDN maps, as in Jepsen's history.edn and Porcupine's tests",
                                  &recognises, &make_parser});

}  // namespace
}  // namespace capsize::checker

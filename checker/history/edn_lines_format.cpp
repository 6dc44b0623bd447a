// EDN maps: {:process 0, :type :invoke, :f :append, :key "4", :value "x 0 3 y"}. Each is on a line
// of its own here, whatever the layout of the file (record_source.h). Two kinds of test write them:
//
// Jepsen's history.edn, with tagged records (#jepsen.history.Op{...}), :index and :time, events of
// the :nemesis, which are skipped, and [key value] pairs instead of values if keys are independent.
//
// The key-value histories that ship with Porcupine. They call a write `put` and a read `get`.
#include <fmt/core.h>

#include <algorithm>

#include "checker/history/edn.h"
#include "checker/history/flat_edn.h"
#include "checker/history/format.h"

namespace capsize::checker {
namespace {

constexpr PlainMeaning kEdnMeaning = {.unexplained_cas_mismatches = true};

bool recognises(std::string_view first_line, const Vocabulary&) {
  EdnReader reader(first_line, 0);
  // A discarded form is valid EDN, too.
  if (reader.at_end()) return first_line.find("#_") != std::string_view::npos;
  if (reader.starts_with("#")) return first_line.find('{') != std::string_view::npos;
  if (!reader.starts_with("{")) return false;
  const std::size_t next = first_line.find_first_not_of(" \t,", reader.column());
  return next != std::string_view::npos && first_line[next] == ':';
}

class EdnLinesParser : public LineParser {
 public:
  std::optional<LineError> parse(const Line& line, HistoryBuilder& builder) override {
    EdnReader reader(line.text, 0);
    while (!reader.at_end()) {
      if (auto error = record(reader, line, builder)) return error;
    }
    return std::nullopt;
  }

  bool accept(const PlainEvent& plain, const Line& line, HistoryBuilder& builder) override {
    if (!indexed_ || *indexed_ != plain.has_index) return false;
    return add_plain_event(plain, line, builder, kEdnMeaning);
  }

  std::optional<Malformed> finish(HistoryBuilder& builder) override {
    return builder.holds_nothing(
        "maps with :process, :type and :f (--map names fields that are called otherwise)");
  }

 private:
  std::optional<LineError> record(EdnReader& reader, const Line& line, HistoryBuilder& builder) {
    Event event;
    event.line = static_cast<std::uint32_t>(line.number);
    event.has_key = has_process_ = has_type_ = has_function_ = has_error_ = is_mismatch_ = false;
    has_index_ = false;
    std::string_view last;  // name of the last field, for errors
    const bool whole = reader.map([&](std::string_view field) {
      last = field;
      return read_field(field, reader, builder, event);
    });
    const auto wrong = [&](std::string expected) {
      return LineError{{builder.history().file, line.number, reader.column(), reader.found(),
                        std::move(expected)},
                       true};
    };
    if (!whole) return wrong(last.empty() ? "a map" : fmt::format("a value of :{}", last));
    if (has_function_ && has_process_ && !builder.is_client(event.process, event.function)) {
      return std::nullopt;
    }
    if (!has_function_ && !has_process_) {
      builder.skip_line();
      return std::nullopt;
    }
    const char* const lacks = !has_process_ ? ":process" : !has_type_ ? ":type" : ":f";
    if (!has_process_ || !has_type_ || !has_function_) return lacking(lacks, line, builder);
    if (auto error = note_index(line, builder)) return error;
    add(event, builder);
    return std::nullopt;
  }

  static LineError lacking(std::string_view field, const Line& line,
                           const HistoryBuilder& builder) {
    return {{builder.history().file, line.number, 1, fmt::format("no {}", field),
             ":process, :type and :f (--map names fields that are called otherwise)"},
            true};
  }

  void add(Event& event, HistoryBuilder& builder) const {
    if (!event.has_key && event.type == EventType::kInvoke) event.key = builder.key("", false);
    // A failed cas without an error is a mismatch.
    const bool unexplained_cas = event.function == kCas && !has_error_;
    event.mismatch = event.type == EventType::kFail && (is_mismatch_ || unexplained_cas);
    if (!builder.needs_value(event)) event.value = kNullValue;
    builder.add(event);
  }

  bool read_field(std::string_view field, EdnReader& reader, HistoryBuilder& builder,
                  Event& event) {
    const std::string found(field);
    field = builder.vocabulary().field(field);
    if (field == "process") return has_process_ = read_process(reader, builder, event);
    if (field == "type") {
      const auto name = word(reader, builder);
      const auto type = name ? builder.type(*name) : std::nullopt;
      event.type = type.value_or(EventType::kInvoke);
      return has_type_ = type.has_value();
    }
    if (field == "f") {
      const auto name = word(reader, builder);
      const auto function = name ? builder.function(*name) : std::nullopt;
      event.function = function.value_or(0);
      return has_function_ = function.has_value();
    }
    if (field == "index" || field == "time") return read_number(field, reader, builder, event);
    if (field == "error") {
      const auto value = reader.value(builder.values());
      if (!value) return false;
      has_error_ = *value != kNullValue;
      is_mismatch_ = has_error_ && *value == builder.values().find_text("mismatch");
      return true;
    }
    if (field != "key" && field != "value") {
      if (!has_path_through(found, builder.vocabulary()) || !reader.starts_with("{")) {
        return reader.skip_value();
      }
      return reader.map([&](std::string_view inner) {
        return read_field(found + "." + std::string(inner), reader, builder, event);
      });
    }
    const auto value = reader.value(builder.values());
    if (!value) return false;
    if (field == "value") {
      event.value = *value;
      return true;
    }
    const ValueTable& values = builder.values();
    const bool text = values.kind(*value) == ValueTable::Kind::kText;
    event.key =
        text ? builder.key(values.as_text(*value)) : builder.key(values.json(*value), false);
    event.has_key = true;
    return true;
  }

  // Whether a rule such as key=input.key refers to a nested field.
  static bool has_path_through(std::string_view found, const Vocabulary& vocabulary) {
    constexpr std::string_view kFieldNames[] = {"index", "time", "process", "type",
                                                "f",     "key",  "value",   "error"};
    if (!vocabulary.renames_fields()) return false;
    return std::any_of(std::begin(kFieldNames), std::end(kFieldNames), [&](std::string_view name) {
      const std::string_view path = vocabulary.in_file(name);
      return path.size() > found.size() && path.starts_with(found) && path[found.size()] == '.';
    });
  }

  // Returns a keyword, a symbol or a string as text.
  static std::optional<std::string> word(EdnReader& reader, HistoryBuilder& builder) {
    if (const auto name = reader.keyword()) return std::string(*name);
    const auto value = reader.value(builder.values());
    if (!value) return std::nullopt;
    const ValueTable& values = builder.values();
    const bool text = values.kind(*value) == ValueTable::Kind::kText;
    return text ? std::string(values.as_text(*value)) : values.json(*value);
  }

  static bool read_process(EdnReader& reader, HistoryBuilder& builder, Event& event) {
    if (const auto number = reader.integer()) {
      event.process = *number >= 0 ? *number : builder.process(std::to_string(*number));
      return true;
    }
    const auto name = word(reader, builder);
    event.process = name ? builder.process(*name == "null" ? "nil" : *name) : 0;
    return name.has_value();
  }

  bool read_number(std::string_view field, EdnReader& reader, const HistoryBuilder& builder,
                   Event& event) {
    const auto number = reader.integer();
    // A date, or nil: the time is for people only, and without an index the order is the file's.
    if (!number) return reader.skip_value();
    if (*number < 0) return true;  // Knossos writes :index -1 for none
    if (field == "time") {
      event.time = builder.time(*number);
    } else {
      event.index = static_cast<std::uint64_t>(*number);
      has_index_ = true;
    }
    return true;
  }

  // If the maps have an index, it orders the events; all of them or none must have one.
  std::optional<LineError> note_index(const Line& line, HistoryBuilder& builder) {
    if (!indexed_) {
      indexed_ = has_index_;
      if (has_index_) builder.order_by_index();
    }
    if (*indexed_ == has_index_) return std::nullopt;
    return LineError{
        {builder.history().file, line.number, 1, has_index_ ? "an :index" : "no :index",
         has_index_ ? "none, as in the maps before" : "one, as in the maps before"},
        false};
  }

  std::optional<bool> indexed_;
  bool has_process_ = false, has_type_ = false, has_function_ = false, has_index_ = false;
  bool has_error_ = false, is_mismatch_ = false;
};

const FormatRegistrar kRegistrar(
    {"edn", "EDN maps, as in Jepsen's history.edn and Porcupine's tests", &recognises,
     []() -> std::unique_ptr<LineParser> { return std::make_unique<EdnLinesParser>(); },
     &read_plain_edn});

}  // namespace
}  // namespace capsize::checker

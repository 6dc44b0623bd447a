// Capsize's own format: one JSON object per line, after an optional header.
//
//     {"capsize-history":1,"model":"register","initial":0}
//     {"index":0,"time":12,"process":3,"type":"invoke","f":"write","key":"x","value":5}
//
// Unknown fields are ignored, so that a recorder may add its own.
#include <simdjson.h>

#include <utility>

#include "checker/history/flat_json.h"
#include "checker/history/format.h"
#include "checker/history/json.h"
#include "checker/history/json_line.h"

namespace capsize::checker {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

bool recognises(std::string_view first_line, const Vocabulary&) {
  const std::size_t at = first_line.find_first_not_of(" \t");
  if (at == std::string_view::npos || first_line[at] != '{') return false;
  // An EDN map begins with a brace too, but continues with a keyword.
  const std::size_t next = first_line.find_first_not_of(" \t", at + 1);
  return next == std::string_view::npos || first_line[next] != ':';
}

constexpr std::string_view kFieldNames[] = {"index", "time", "process", "type",
                                            "f",     "key",  "value",   "error"};

// The known fields of one line; the elements are valid as long as the parser's document.
struct Fields {
  std::optional<element> index, time, process, type, function, key, value, error;

  Fields(const simdjson::dom::object& object, const Vocabulary& vocabulary) {
    for (const auto field : object) {
      if (auto* const slot = find(vocabulary.field(without_colon(field.key)))) *slot = field.value;
    }
    for_nested_fields(object, vocabulary, kFieldNames,
                      [this](std::string_view name, element found) {
                        if (auto* const slot = find(name); slot && !*slot) *slot = found;
                      });
  }

 private:
  std::optional<element>* find(std::string_view name) {
    if (name == "index") return &index;
    if (name == "time") return &time;
    if (name == "process") return &process;
    if (name == "type") return &type;
    if (name == "f") return &function;
    if (name == "key") return &key;
    if (name == "value") return &value;
    if (name == "error") return &error;
    return nullptr;
  }
};

constexpr std::string_view kClientExpected = "the number or name of a client";

class JsonLinesParser : public LineParser {
 public:
  std::optional<LineError> parse(const Line& line, HistoryBuilder& builder) override {
    line_ = line;
    builder_ = &builder;
    // For readers that read line by line; of lines that were parsed in blocks, only unusual ones
    // get here.
    if (PlainEvent plain; read_plain_event(line.text, builder.vocabulary(), plain)) {
      if (accept(plain, line, builder)) return std::nullopt;
    }
    if (line.text.find_first_not_of(" \t\r") == std::string_view::npos) return std::nullopt;
    simdjson::dom::object object;
    if (auto error = json_.parse(line, builder, object)) return error;
    if (std::exchange(first_, false) && is_header(object)) {
      return read_header(object, json_, builder);
    }
    return event(Fields(object, builder.vocabulary()));
  }

  bool accept(const PlainEvent& plain, const Line& line, HistoryBuilder& builder) override {
    // The first line may be a header, and the first event shows whether events have an index.
    if (first_ || !indexed_ || *indexed_ != plain.has_index) return false;
    return add_plain_event(plain, line, builder, {});
  }

  std::optional<Malformed> finish(HistoryBuilder& builder) override {
    return builder.holds_nothing(
        "objects with \"process\", \"type\" and \"f\" (--map names fields that are called "
        "otherwise)");
  }

 private:
  std::optional<LineError> event(const Fields& fields) {
    if (!fields.process && !fields.function) {
      builder_->skip_line();  // a marker between phases, or another line that is no event
      return std::nullopt;
    }
    if (auto error = note_index(fields)) return error;
    if (!fields.process) return json_.wrong("process", {}, std::string(kClientExpected));
    Event event;
    event.index = index_;
    event.line = static_cast<std::uint32_t>(line_.number);
    const auto process = json_process(*builder_, *fields.process);
    if (!process) return json_.wrong("process", fields.process, std::string(kClientExpected));
    event.process = *process;
    if (fields.time) {
      // Times are for people only in this format, so a number that cannot be a time counts as
      // missing.
      const auto time = json_time(*builder_, *fields.time);
      if (!time && !fields.time->is_double()) {
        return json_.wrong("time", fields.time, builder_->time_expected());
      }
      event.time = time.value_or(kNoTime);
    }
    std::string_view type;
    if (!fields.type || fields.type->get(type) != simdjson::SUCCESS ||
        !builder_->type(without_colon(type))) {
      return json_.wrong("type", fields.type, "\"invoke\", \"ok\", \"fail\" or \"info\"");
    }
    event.type = *builder_->type(without_colon(type));
    return operation(fields, event);
  }

  std::optional<LineError> operation(const Fields& fields, Event& event) {
    std::string_view name;
    if (!fields.function || fields.function->get(name) != simdjson::SUCCESS) {
      return json_.wrong("f", fields.function, "the name of a function");
    }
    const auto function = builder_->function(without_colon(name));
    if (!function) return json_.wrong("f", fields.function, "fewer different functions");
    event.function = *function;
    if (!builder_->is_client(event.process, event.function)) return std::nullopt;
    event.has_key = fields.key.has_value();
    if (fields.key) {
      event.key = json_key(*builder_, *fields.key);
    } else if (event.type == EventType::kInvoke) {
      event.key = builder_->key("", false);
    }
    if (fields.error) {
      std::string_view error;
      event.mismatch =
          fields.error->get(error) == simdjson::SUCCESS && without_colon(error) == "mismatch";
    }
    if (fields.value && builder_->needs_value(event)) {
      event.value = intern_json(builder_->values(), *fields.value);
    }
    builder_->add(event);
    return std::nullopt;
  }

  // If the lines have an index, it orders the events; all of them or none must have one.
  std::optional<LineError> note_index(const Fields& fields) {
    const bool has_index = fields.index.has_value();
    if (!indexed_) {
      indexed_ = has_index;
      if (has_index) builder_->order_by_index();
    }
    if (*indexed_ != has_index) {
      return json_.wrong(
          "index", fields.index,
          has_index ? "none, as on the lines before" : "one, as on the lines before");
    }
    if (has_index && fields.index->get(index_) != simdjson::SUCCESS) {
      return json_.wrong("index", fields.index, "a number >= 0");
    }
    return std::nullopt;
  }

  JsonLine json_;
  Line line_;
  HistoryBuilder* builder_ = nullptr;
  std::optional<bool> indexed_;
  std::uint64_t index_ = 0;
  bool first_ = true;
};

std::unique_ptr<LineParser> make_parser() {
  return std::make_unique<JsonLinesParser>();
}

const FormatRegistrar kRegistrar({"jsonl", "one JSON object a line (Capsize's own)", &recognises,
                                  &make_parser, &read_plain_event, false, true});

}  // namespace
}  // namespace capsize::checker

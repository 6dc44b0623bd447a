// Capsize's own format: one JSON object a line, an optional header before them.
//
//     {"capsize-history":1,"model":"register","initial":0}
//     {"index":0,"time":12,"process":3,"type":"invoke","f":"write","key":"x","value":5}
//
// Fields it does not know are ignored, so that a recorder may add its own.
#include <simdjson.h>

#include <cmath>
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
  // An EDN map begins with a brace too, but goes on with a keyword.
  const std::size_t next = first_line.find_first_not_of(" \t", at + 1);
  return next == std::string_view::npos || first_line[next] != ':';
}

// The fields of one line that mean something; the elements live as long as the parser's document.
struct Fields {
  std::optional<element> index, time, process, type, function, key, value, error;

  Fields(const simdjson::dom::object& object, const Vocabulary& vocabulary) {
    for (const auto field : object) {
      if (auto* const slot = find(vocabulary.field(field.key))) *slot = field.value;
    }
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

class JsonLinesParser : public LineParser {
 public:
  std::optional<LineError> parse(const Line& line, HistoryBuilder& builder) override {
    line_ = line;
    builder_ = &builder;
    // For whoever reads line by line; among lines taken apart in blocks, few come here.
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
    // The first line may be a header, and the first event says whether there is an index.
    if (first_ || !indexed_ || *indexed_ != plain.has_index) return false;
    const auto type = builder.type(plain.type.of(line.text));
    const auto function = plain.known_function ? plain.known_function
                                               : builder.function(plain.function.of(line.text));
    if (!type || !function) return false;
    Event event;
    event.index = static_cast<std::uint64_t>(plain.index);
    event.line = static_cast<std::uint32_t>(line.number);
    event.process = plain.process;
    if (plain.has_time) event.time = plain.time;
    event.type = *type;
    event.function = *function;
    event.has_key = plain.has_key;
    if (event.has_key || event.type == EventType::kInvoke) {
      event.key = builder.key(plain.key.of(line.text), plain.has_key);
    }
    event.mismatch = plain.mismatch;
    if (value_matters(event)) event.value = plain_value(plain, line.text, builder.values());
    builder.add(event);
    return true;
  }

 private:
  static ValueId plain_value(const PlainEvent& plain, std::string_view line, ValueTable& values) {
    switch (plain.value_kind) {
      case FlatScalar::Kind::kInteger:
        return values.integer(plain.value);
      case FlatScalar::Kind::kText:
        return values.text(plain.text.of(line));
      case FlatScalar::Kind::kPair: {
        const ValueId pair[] = {plain.value_null[0] ? kNullValue : values.integer(plain.value),
                                plain.value_null[1] ? kNullValue : values.integer(plain.second)};
        return values.list(pair);
      }
      default:
        return kNullValue;
    }
  }

  std::optional<LineError> event(const Fields& fields) {
    if (auto error = note_index(fields)) return error;
    if (!fields.process) return json_.wrong("process", {}, "a process number");
    if (fields.process->is_string()) return std::nullopt;  // the nemesis, and whoever else watches
    Event event;
    event.index = index_;
    event.line = static_cast<std::uint32_t>(line_.number);
    if (fields.process->get(event.process) != simdjson::SUCCESS || event.process < 0) {
      return json_.wrong("process", fields.process,
                         "a number >= 0, or a name for what is not a client");
    }
    if (fields.time && fields.time->get(event.time) != simdjson::SUCCESS) {
      double nanoseconds = 0;
      if (fields.time->get(nanoseconds) != simdjson::SUCCESS || !(std::abs(nanoseconds) < 9e18)) {
        return json_.wrong("time", fields.time, "nanoseconds");
      }
      event.time = static_cast<std::int64_t>(nanoseconds);
    }
    std::string_view type;
    if (!fields.type || fields.type->get(type) != simdjson::SUCCESS || !builder_->type(type)) {
      return json_.wrong("type", fields.type, "\"invoke\", \"ok\", \"fail\" or \"info\"");
    }
    event.type = *builder_->type(type);
    return operation(fields, event);
  }

  std::optional<LineError> operation(const Fields& fields, Event& event) {
    std::string_view name;
    if (!fields.function || fields.function->get(name) != simdjson::SUCCESS) {
      return json_.wrong("f", fields.function, "the name of a function");
    }
    const auto function = builder_->function(name);
    if (!function) return json_.wrong("f", fields.function, "fewer different functions");
    event.function = *function;
    event.has_key = fields.key.has_value();
    if (fields.key) {
      event.key = json_key(*builder_, *fields.key);
    } else if (event.type == EventType::kInvoke) {
      event.key = builder_->key("", false);
    }
    if (fields.error) {
      std::string_view error;
      event.mismatch = fields.error->get(error) == simdjson::SUCCESS && error == "mismatch";
    }
    if (fields.value && value_matters(event)) {
      event.value = intern_json(builder_->values(), *fields.value);
    }
    builder_->add(event);
    return std::nullopt;
  }

  // The completion of a mutation repeats what was asked at best; only what was learnt is kept.
  static bool value_matters(const Event& event) {
    if (event.type == EventType::kInvoke) return event.function != kRead;
    const bool mutation = event.function >= kWrite && event.function <= kDelete;
    return event.type == EventType::kOk && !mutation;
  }

  // The order of the file is that of the index if the lines have one; half of them is an error.
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
                                  &make_parser, &read_plain_event});

}  // namespace
}  // namespace capsize::checker

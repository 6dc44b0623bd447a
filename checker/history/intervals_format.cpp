// One JSON object an operation, with the times of its start and end in nanoseconds:
//
//     {"process":3,"f":"write","key":"x","value":5,"start":100,"end":180}
//     {"process":4,"f":"read","key":"x","value":5,"start":120,"end":190,"type":"ok"}
//     {"f":"cas","key":"x","value":[5,6],"start":200,"type":"info"}
//
// `value` is what was asked, and of a read what was answered; operations that do both may have a
// `result` too. Without `type` an operation with an end is ok, one without is indeterminate. The
// process may be left out, in all lines. Times order the operations, not the lines.
#include "checker/history/intervals.h"
#include "checker/history/json.h"
#include "checker/history/json_line.h"

namespace capsize::checker {
namespace {

using Element = JsonLine::Element;

bool recognises(std::string_view first_line, const Vocabulary& vocabulary) {
  const std::size_t brace = first_line.find_first_not_of(" \t");
  if (brace == std::string_view::npos || first_line[brace] != '{') return false;
  const auto has = [first_line](std::string_view field) {
    return column_of(first_line, field) > 1;
  };
  // A header says it by its name.
  return has(vocabulary.in_file("start")) ||
         (has("capsize-history") && first_line.find("\"intervals\"") != std::string_view::npos);
}

struct Fields {
  std::optional<Element> process, type, function, key, value, result, start, end, error;

  Fields(const JsonLine::Object& object, const Vocabulary& vocabulary) {
    for (const auto field : object) {
      auto* const slot = find(vocabulary.field(field.key));
      // null is nothing, but as what was answered.
      if (slot && (slot == &result || !field.value.is_null())) *slot = field.value;
    }
  }

 private:
  std::optional<Element>* find(std::string_view name) {
    if (name == "process") return &process;
    if (name == "type") return &type;
    if (name == "f") return &function;
    if (name == "key") return &key;
    if (name == "value") return &value;
    if (name == "result") return &result;
    if (name == "start") return &start;
    if (name == "end") return &end;
    if (name == "error") return &error;
    return nullptr;
  }
};

class IntervalsParser final : public LineParser {
 public:
  std::optional<LineError> parse(const Line& line, HistoryBuilder& builder) override {
    if (line.text.find_first_not_of(" \t\r") == std::string_view::npos) return std::nullopt;
    JsonLine::Object object;
    if (auto error = json_.parse(line, builder, object)) return error;
    if (std::exchange(first_, false) && is_header(object)) {
      return read_header(object, json_, builder);
    }
    const Fields fields(object, builder.vocabulary());
    std::string_view name;
    if (fields.process && fields.process->get(name) == simdjson::SUCCESS && name == kNemesis) {
      return std::nullopt;
    }
    Interval interval;
    interval.line = static_cast<std::uint32_t>(line.number);
    if (auto error = read_names(fields, builder, interval)) return error;
    if (auto error = read_times(fields, builder, interval)) return error;
    builder.add_interval(interval);
    return std::nullopt;
  }

 private:
  std::optional<LineError> read_names(const Fields& fields, HistoryBuilder& builder,
                                      Interval& interval) {
    if (fields.process) {
      interval.process = number(*fields.process);
      if (!interval.process) {
        return json_.wrong("process", fields.process, std::string(kProcessExpected));
      }
    }
    std::string_view name;
    if (!fields.function || fields.function->get(name) != simdjson::SUCCESS) {
      return json_.wrong("f", fields.function, "the name of a function");
    }
    const auto function = builder.function(name);
    if (!function) return json_.wrong("f", fields.function, "fewer different functions");
    interval.function = *function;
    interval.key = fields.key ? json_key(builder, *fields.key) : builder.key("", false);
    if (fields.value) interval.value = intern_json(builder.values(), *fields.value);
    if (fields.result) interval.result = intern_json(builder.values(), *fields.result);
    interval.mismatch =
        fields.error && fields.error->get(name) == simdjson::SUCCESS && name == "mismatch";
    return std::nullopt;
  }

  std::optional<LineError> read_times(const Fields& fields, const HistoryBuilder& builder,
                                      Interval& interval) {
    const auto start = fields.start ? number(*fields.start) : std::nullopt;
    if (!start) return json_.wrong("start", fields.start, std::string(kTimeExpected));
    interval.start = *start;
    if (fields.end) {
      interval.end = number(*fields.end);
      if (!interval.end) return json_.wrong("end", fields.end, std::string(kTimeExpected));
    }
    if (fields.type) {
      std::string_view name;
      const bool is_text = fields.type->get(name) == simdjson::SUCCESS;
      interval.outcome = is_text ? builder.outcome(name) : std::nullopt;
      if (!interval.outcome) return json_.wrong("type", fields.type, std::string(kOutcomeExpected));
    }
    if (auto problem = problem_of(interval)) {
      return json_.wrong(problem->field, fields.end, std::move(problem->expected));
    }
    return std::nullopt;
  }

  static std::optional<std::int64_t> number(const Element& element) {
    std::int64_t value = 0;
    if (element.get(value) != simdjson::SUCCESS || value < 0) return std::nullopt;
    return value;
  }

  JsonLine json_;
  bool first_ = true;
};

const FormatRegistrar kRegistrar(
    {"intervals", "one JSON object an operation, with start and end in nanoseconds", &recognises,
     []() -> std::unique_ptr<LineParser> { return std::make_unique<IntervalsParser>(); }});

}  // namespace
}  // namespace capsize::checker

// One JSON object per operation, with the times of its start and end:
//
//     {"process":3,"f":"write","key":"x","value":5,"start":100,"end":180}
//     {"process":4,"f":"read","key":"x","value":5,"start":120,"end":190,"type":"ok"}
//     {"f":"cas","key":"x","value":[5,6],"start":200,"type":"info"}
//
// `value` is the argument, of a read the answer; operations that have both may have a `result` too.
// Without `type` an operation with an end is ok, and one without an end is indeterminate. The
// process is optional. The times order the operations, not the lines; a `duration` may replace
// start or end, as in access logs.
#include "checker/history/intervals.h"
#include "checker/history/json.h"
#include "checker/history/json_line.h"

namespace capsize::checker {
namespace {

using Element = JsonLine::Element;

bool recognises(std::string_view first_line, const Vocabulary& vocabulary) {
  const std::size_t brace = first_line.find_first_not_of(" \t");
  if (brace == std::string_view::npos || first_line[brace] != '{') return false;
  const auto has = [&](std::string_view field) {
    return column_of(first_line, vocabulary.in_file(field)) > 1;
  };
  // A header names the format.
  return has("start") || (has("end") && has("duration")) ||
         (has("capsize-history") && first_line.find("\"intervals\"") != std::string_view::npos);
}

constexpr std::string_view kIntervalFields[] = {"process", "type",  "f",   "key",      "value",
                                                "result",  "start", "end", "duration", "error"};

struct Fields {
  std::optional<Element> process, type, function, key, value, result, start, end, duration, error;

  Fields(const JsonLine::Object& object, const Vocabulary& vocabulary) {
    for (const auto field : object) {
      auto* const slot = find(vocabulary.field(without_colon(field.key)));
      // null means missing, except as an answer.
      if (slot && (slot == &result || !field.value.is_null())) *slot = field.value;
    }
    for_nested_fields(object, vocabulary, kIntervalFields,
                      [this](std::string_view name, const Element& found) {
                        auto* const slot = find(name);
                        if (slot && !*slot && (slot == &result || !found.is_null())) *slot = found;
                      });
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
    if (name == "duration") return &duration;
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
    if (!fields.process && !fields.function && !fields.start) {
      builder.skip_line();  // a marker between phases, or another line that is no operation
      return std::nullopt;
    }
    return operation(fields, static_cast<std::uint32_t>(line.number), builder);
  }

  std::optional<Malformed> finish(HistoryBuilder& builder) override {
    if (auto malformed = holds_no_interval(builder)) return malformed;
    return builder.holds_nothing(
        "objects with \"f\" and \"start\" (--map names fields that are called otherwise)");
  }

 private:
  std::optional<LineError> operation(const Fields& fields, std::uint32_t line,
                                     HistoryBuilder& builder) {
    Interval interval;
    interval.line = line;
    if (fields.process) {
      interval.process = json_process(builder, *fields.process);
      if (!interval.process) {
        return json_.wrong("process", fields.process, "the number or name of a client");
      }
    }
    const auto function_name = fields.function ? name_of(*fields.function) : std::nullopt;
    if (!function_name) return json_.wrong("f", fields.function, "the name of a function");
    const auto function = builder.function(*function_name);
    if (!function) return json_.wrong("f", fields.function, "fewer different functions");
    interval.function = *function;
    if (interval.process && !builder.is_client(*interval.process, *function)) return std::nullopt;
    interval.key = fields.key ? json_key(builder, *fields.key) : builder.key("", false);
    if (fields.value) interval.value = intern_json(builder.values(), *fields.value);
    if (fields.result) interval.result = intern_json(builder.values(), *fields.result);
    std::string_view name;
    interval.mismatch =
        fields.error && fields.error->get(name) == simdjson::SUCCESS && name == "mismatch";
    if (auto error = read_times(fields, builder, interval)) return error;
    builder.add_interval(interval);
    return std::nullopt;
  }

  std::optional<LineError> read_times(const Fields& fields, const HistoryBuilder& builder,
                                      Interval& interval) {
    IntervalTimes times;
    for (const auto& [field, found, time] :
         {std::tuple{"start", &fields.start, &times.start},
          std::tuple{"end", &fields.end, &times.end},
          std::tuple{"duration", &fields.duration, &times.duration}}) {
      if (!*found) continue;
      *time = json_time(builder, **found);
      if (!*time || **time < 0) {
        std::string_view text;
        if ((*found)->get(text) != simdjson::SUCCESS) text = {};
        return json_.wrong(field, *found, expected_time(builder, text));
      }
    }
    if (fields.type) {
      const auto name = name_of(*fields.type);
      interval.outcome = name ? outcome_of(builder, *name) : std::nullopt;
      if (!interval.outcome) return json_.wrong("type", fields.type, std::string(kOutcomeExpected));
    }
    if (auto problem = set_times(times, interval)) {
      const auto& found = problem->field == "start"      ? fields.start
                          : problem->field == "duration" ? fields.duration
                                                         : fields.end;
      return json_.wrong(problem->field, found, std::move(problem->expected));
    }
    return std::nullopt;
  }

  // A number is accepted as a name, for recorders that write an enumeration or a status.
  static std::optional<std::string> name_of(const Element& element) {
    std::string_view text;
    if (element.get(text) == simdjson::SUCCESS) return std::string(without_colon(text));
    if (!element.is_number()) return std::nullopt;
    return std::string(simdjson::minify(element));
  }

  JsonLine json_;
  bool first_ = true;
};

const FormatRegistrar kRegistrar(
    {"intervals", "one JSON object an operation, with the times of its start and end", &recognises,
     []() -> std::unique_ptr<LineParser> { return std::make_unique<IntervalsParser>(); }});

}  // namespace
}  // namespace capsize::checker

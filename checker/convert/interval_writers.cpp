// The formats with one line per operation: JSON objects and comma-separated values.
//
// In these formats times decide the order. If the times of the history do not give its order (there
// are none, two are equal, or they contradict the index), positions in the order are written
// instead.
#include <fmt/core.h>

#include <algorithm>
#include <iterator>

#include "checker/convert/text.h"
#include "checker/history/csv.h"
#include "checker/history/json.h"

namespace capsize::checker {
namespace {

// The start and end to write for each operation.
class Times {
 public:
  Times(const Timeline& timeline, std::size_t operations)
      : start_(operations, kNoTime), end_(operations, kNoTime) {
    std::int64_t place = 0;
    for (const TimelineEvent& event : timeline.events()) {
      const std::int64_t time = timeline.times_give_the_order() ? timeline.time(event) : place++;
      (event.type == EventType::kInvoke ? start_ : end_)[event.operation] = time;
    }
  }

  [[nodiscard]] std::int64_t start(std::uint32_t operation) const { return start_[operation]; }
  [[nodiscard]] std::int64_t end(std::uint32_t operation) const { return end_[operation]; }

 private:
  std::vector<std::int64_t> start_;
  std::vector<std::int64_t> end_;
};

// The value column, and the result column if one column is not enough.
struct Values {
  ValueId value;
  std::optional<ValueId> result;
};

Values values_of(const Operation& operation) {
  if (operation.function == kRead) return {operation.result, std::nullopt};
  const ValueId learnt = value_of(operation, EventType::kOk);
  const bool both = operation.outcome == Outcome::kOk && learnt != operation.argument;
  return {operation.argument, both ? std::optional(learnt) : std::nullopt};
}

void note_lost_times(const Timeline& timeline, std::vector<std::string>& lost) {
  if (timeline.times_give_the_order() || !timeline.has_times()) return;
  lost.emplace_back("the times, which do not give the order; places in it stand for them");
}

using WriteLine = void (*)(const History& history, const Timeline& timeline, const Times& times,
                           std::uint32_t operation, std::string& text);

// Writes one line per operation, in the order of their starts.
void write_lines(const History& history, const Timeline& timeline, WriteLine write_line,
                 BlockText& out) {
  const Times times(timeline, history.operations.size());
  for (const TimelineEvent& event : timeline.events()) {
    if (event.type != EventType::kInvoke) continue;
    write_line(history, timeline, times, event.operation, out.text());
    out.end_line();
  }
}

void json_line(const History& history, const Timeline& timeline, const Times& times,
               std::uint32_t operation, std::string& text) {
  const Operation& its = history.operations[operation];
  text += "{\"process\":" + process_json(history, timeline.process(operation)) + ",\"f\":";
  append_json_string(text, history.functions[its.function]);
  if (const std::string key = key_json(history, its.key); !key.empty()) text += ",\"key\":" + key;
  const Values values = values_of(its);
  text += ",\"value\":" + history.values.json(values.value);
  if (values.result) text += ",\"result\":" + history.values.json(*values.result);
  fmt::format_to(std::back_inserter(text), ",\"start\":{}", times.start(operation));
  if (const std::int64_t end = times.end(operation); end != kNoTime) {
    fmt::format_to(std::back_inserter(text), ",\"end\":{}", end);
  }
  fmt::format_to(std::back_inserter(text), ",\"type\":\"{}\"", name(its.outcome));
  if (its.mismatch) text += ",\"error\":\"mismatch\"";
  text += '}';
}

// A string is written without quotes unless it would be read as another value; then it gets JSON's
// quotes.
void append_text_cell(std::string& text, std::string_view content) {
  if (!content.empty() && !reads_like_json(content)) {
    append_csv_cell(text, content);
    return;
  }
  std::string json;
  append_json_string(json, content);
  append_csv_cell(text, json);
}

void append_value_cell(std::string& text, const ValueTable& values, ValueId value) {
  if (values.kind(value) == ValueTable::Kind::kText) {
    append_text_cell(text, values.as_text(value));
  } else {
    append_csv_cell(text, values.json(value));
  }
}

void csv_line(const History& history, const Timeline& timeline, const Times& times,
              std::uint32_t operation, std::string& text) {
  const Operation& its = history.operations[operation];
  const std::int64_t process = timeline.process(operation);
  if (process < 0) {
    append_text_cell(text, history.process_text(process));
  } else {
    text += std::to_string(process);
  }
  text += ',';
  append_csv_cell(text, history.functions[its.function]);
  text += ',';
  if (history.key_is_text[its.key]) {
    append_text_cell(text, history.keys[its.key]);
  } else {
    append_csv_cell(text, history.keys[its.key]);
  }
  const Values values = values_of(its);
  text += ',';
  append_value_cell(text, history.values, values.value);
  text += ',';
  if (values.result) append_value_cell(text, history.values, *values.result);
  fmt::format_to(std::back_inserter(text), ",{},", times.start(operation));
  if (const std::int64_t end = times.end(operation); end != kNoTime) {
    fmt::format_to(std::back_inserter(text), "{}", end);
  }
  fmt::format_to(std::back_inserter(text), ",{},{}", name(its.outcome),
                 its.mismatch ? "mismatch" : "");
}

std::optional<std::string> refusal_by_csv(const History& history) {
  for (FunctionId id = 0; id < history.functions.size(); ++id) {
    if (history.functions[id].empty() && history.uses(id)) return "a function without a name";
  }
  return std::nullopt;
}

Conversion write_json(const History& history, const TextSink& sink) {
  Conversion conversion;
  conversion.refusal = refusal_by_json(history);
  if (conversion.refusal) return conversion;
  const Timeline timeline(history);
  note_renamed(timeline, conversion.lost);
  note_lost_times(timeline, conversion.lost);
  note_lost_meaning_of_failed_cas(history, false, conversion.lost);
  BlockText out(sink);
  out.text() += header_json(history, "intervals");
  out.end_line();
  write_lines(history, timeline, &json_line, out);
  return conversion;
}

Conversion write_csv(const History& history, const TextSink& sink) {
  Conversion conversion;
  conversion.refusal = refusal_by_csv(history);
  if (conversion.refusal) return conversion;
  const Timeline timeline(history);
  note_lost_header(history, conversion.lost);
  note_renamed(timeline, conversion.lost);
  note_lost_times(timeline, conversion.lost);
  note_lost_meaning_of_failed_cas(history, false, conversion.lost);
  BlockText out(sink);
  out.text() += "process,f,key,value,result,start,end,type,error";
  out.end_line();
  write_lines(history, timeline, &csv_line, out);
  return conversion;
}

const WriterRegistrar kJson({"intervals", &write_json});
const WriterRegistrar kCsv({"csv", &write_csv});

}  // namespace
}  // namespace capsize::checker

// Capsize's own format, which can hold everything.
#include <fmt/core.h>

#include <algorithm>
#include <iterator>

#include "checker/convert/text.h"

namespace capsize::checker {
namespace {

Conversion write(const History& history, const TextSink& sink) {
  Conversion conversion;
  conversion.refusal = refusal_by_json(history);
  if (conversion.refusal) return conversion;
  const Timeline timeline(history);
  note_renamed(timeline, conversion.lost);
  note_lost_meaning_of_failed_cas(history, false, conversion.lost);
  BlockText out(sink);
  if (const std::string header = header_json(history, ""); !header.empty()) {
    out.text() += header;
    out.end_line();
  }
  std::uint64_t index = 0;
  for (const TimelineEvent& event : timeline.events()) {
    const Operation& operation = history.operations[event.operation];
    std::string& text = out.text();
    fmt::format_to(std::back_inserter(text), "{{\"index\":{}", index++);
    if (const std::int64_t time = timeline.time(event); time != kNoTime) {
      fmt::format_to(std::back_inserter(text), ",\"time\":{}", time);
    }
    text += ",\"process\":" + process_json(history, timeline.process(event.operation));
    fmt::format_to(std::back_inserter(text), ",\"type\":\"{}\",\"f\":", name(event.type));
    append_json_string(text, history.functions[operation.function]);
    if (const std::string key = key_json(history, operation.key); !key.empty()) {
      text += ",\"key\":" + key;
    }
    text += ",\"value\":" + history.values.json(value_of(operation, event.type));
    if (event.type == EventType::kFail && operation.mismatch) text += ",\"error\":\"mismatch\"";
    text += '}';
    out.end_line();
  }
  return conversion;
}

const WriterRegistrar kRegistrar({"jsonl", &write});

}  // namespace
}  // namespace capsize::checker

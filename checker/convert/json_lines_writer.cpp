// Capsize's own format, which can hold everything.
#include "checker/convert/text.h"
#include "checker/history/event_line.h"

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
    const std::string process = process_json(history, timeline.process(event.operation));
    const std::string key = key_json(history, operation.key);
    const std::string value = history.values.json(value_of(operation, event.type));
    const bool mismatch = event.type == EventType::kFail && operation.mismatch;
    append_event_line(out.text(), {.index = index++,
                                   .time = timeline.time(event),
                                   .process = process,
                                   .type = event.type,
                                   .f = history.functions[operation.function],
                                   .key = key,
                                   .value = value,
                                   .error = mismatch ? "mismatch" : ""});
    out.end_line();
  }
  return conversion;
}

const WriterRegistrar kRegistrar({"jsonl", &write});

}  // namespace
}  // namespace capsize::checker

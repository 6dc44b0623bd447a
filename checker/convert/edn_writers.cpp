// The notations of Jepsen: EDN maps, one per line, and the console log.
#include <fmt/core.h>

#include <algorithm>
#include <iterator>

#include "checker/convert/text.h"
#include "checker/history/malformed.h"

namespace capsize::checker {
namespace {

using Kind = ValueTable::Kind;

void append_edn_string(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      case '"':
      case '\\':
        out += '\\';
        [[fallthrough]];
      default:
        // A zero byte at the beginning of a file would make it binary data.
        if (static_cast<unsigned char>(c) < 0x20) {
          fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

// Recursion is bounded: the readers refuse values that are nested deeper than a few dozen levels.
void append_edn(std::string& out, const ValueTable& values, ValueId id) {
  switch (values.kind(id)) {
    case Kind::kNull:
      out += "nil";
      return;
    case Kind::kText:
      append_edn_string(out, values.as_text(id));
      return;
    case Kind::kList: {
      const char* separator = "[";
      for (const ValueId element : values.as_list(id)) {
        out += separator;
        append_edn(out, values, element);
        separator = " ";
      }
      out += values.as_list(id).empty() ? "[]" : "]";
      return;
    }
    case Kind::kMap: {
      const auto members = values.as_list(id);
      out += '{';
      for (std::size_t i = 0; i < members.size(); ++i) {
        if (i > 0) out += i % 2 == 0 ? ", " : " ";
        append_edn(out, values, members[i]);
      }
      out += '}';
      return;
    }
    case Kind::kInteger:
    case Kind::kRaw:
      out += values.json(id);
  }
}

// A key that is an object stands in the history as JSON text.
bool has_key_of_objects(const History& history) {
  for (KeyId key = 0; key < history.keys.size(); ++key) {
    if (!history.key_is_text[key] && history.keys[key].find('{') != std::string::npos) return true;
  }
  return false;
}

bool is_keyword(const std::string& name) {
  return !name.empty() && name.find_first_of(" \t\r\n\f,[]{}()\";\\") == std::string::npos;
}

std::optional<std::string> refusal_of(const History& history) {
  if (has_key_of_objects(history)) return "keys that are JSON objects, which EDN has otherwise";
  for (FunctionId id = 0; id < history.functions.size(); ++id) {
    const std::string& function = history.functions[id];
    if (!is_keyword(function) && history.uses(id))
      return fmt::format("a function \"{}\", which is no keyword", function);
  }
  return std::nullopt;
}

void append_key(std::string& text, const History& history, KeyId key) {
  const std::string& its = history.keys[key];
  if (history.key_is_text[key]) {
    text += ", :key ";
    append_edn_string(text, its);
  } else if (!its.empty()) {
    text += ", :key " + (its == "null" ? "nil" : its);
  }
}

void append_process(std::string& text, const History& history, std::int64_t process) {
  if (process < 0) {
    append_edn_string(text, history.process_text(process));
  } else {
    text += std::to_string(process);
  }
}

void append_map(const History& history, const Timeline& timeline, const TimelineEvent& event,
                std::uint64_t index, std::string& text) {
  const Operation& operation = history.operations[event.operation];
  text += "{:process ";
  append_process(text, history, timeline.process(event.operation));
  fmt::format_to(std::back_inserter(text), ", :type :{}, :f :{}", name(event.type),
                 history.functions[operation.function]);
  append_key(text, history, operation.key);
  text += ", :value ";
  append_edn(text, history.values, value_of(operation, event.type));
  if (const std::int64_t time = timeline.time(event); time != kNoTime) {
    fmt::format_to(std::back_inserter(text), ", :time {}", time);
  }
  // Without an error a failed cas would count as one that observed another value.
  if (event.type == EventType::kFail && (operation.mismatch || operation.function == kCas)) {
    text += operation.mismatch ? ", :error :mismatch" : ", :error :failed";
  }
  fmt::format_to(std::back_inserter(text), ", :index {}}}", index);
}

Conversion write_edn(const History& history, const TextSink& sink) {
  Conversion conversion;
  conversion.refusal = refusal_of(history);
  if (conversion.refusal) return conversion;
  const Timeline timeline(history);
  note_lost_header(history, conversion.lost);
  note_renamed(timeline, conversion.lost);
  note_lost_meaning_of_failed_cas(history, false, conversion.lost);
  BlockText out(sink);
  std::uint64_t index = 0;
  for (const TimelineEvent& event : timeline.events()) {
    append_map(history, timeline, event, index++, out.text());
    out.end_line();
  }
  return conversion;
}

// In a log every failed cas has observed another value, so one that has not is left out.
bool is_left_out_of_log(const Operation& operation) {
  return operation.function == kCas && operation.outcome == Outcome::kFail && !operation.mismatch;
}

void note_lost_in_log(const History& history, const Timeline& timeline,
                      std::vector<std::string>& lost) {
  note_lost_header(history, lost);
  note_renamed(timeline, lost);
  note_lost_meaning_of_failed_cas(history, true, lost);
  if (timeline.has_times()) lost.emplace_back("the times");
  if (!history.keys.empty() && !history.keys.front().empty()) {
    lost.push_back(fmt::format("the name of the key, {}", history.keys.front()));
  }
  if (const auto count = std::ranges::count_if(history.operations, &is_left_out_of_log)) {
    lost.push_back(fmt::format("{} cas that failed without seeing another value", count));
  }
}

Conversion write_log(const History& history, const TextSink& sink) {
  Conversion conversion;
  conversion.refusal = refusal_of(history);
  if (history.keys.size() > 1) {
    conversion.refusal =
        fmt::format("{} keys, where the log has one (--key chooses)", history.keys.size());
  }
  for (const std::string& name : history.process_names) {
    if (!conversion.refusal && !is_keyword(name)) {
      conversion.refusal = fmt::format("a client \"{}\", which is no keyword", excerpt(name));
    }
  }
  if (conversion.refusal) return conversion;
  const Timeline timeline(history);
  note_lost_in_log(history, timeline, conversion.lost);
  BlockText out(sink);
  for (const TimelineEvent& event : timeline.events()) {
    const Operation& operation = history.operations[event.operation];
    if (is_left_out_of_log(operation)) continue;
    const std::int64_t process = timeline.process(event.operation);
    fmt::format_to(std::back_inserter(out.text()), "INFO  jepsen.util - {}{}\t:{}\t:{}\t",
                   process < 0 ? ":" : "", history.process_text(process), name(event.type),
                   history.functions[operation.function]);
    append_edn(out.text(), history.values, value_of(operation, event.type));
    out.end_line();
  }
  return conversion;
}

const WriterRegistrar kEdn({"edn", &write_edn});
const WriterRegistrar kLog({"jepsen-log", &write_log});

}  // namespace
}  // namespace capsize::checker

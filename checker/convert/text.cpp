#include "checker/convert/text.h"

#include <fmt/core.h>
#include <simdjson.h>

#include <algorithm>

namespace capsize::checker {

std::string process_json(const History& history, std::int64_t process) {
  std::string text = history.process_text(process);
  if (process >= 0) return text;
  std::string json;
  append_json_string(json, text);
  return json;
}

std::string key_json(const History& history, KeyId key) {
  const std::string& text = history.keys[key];
  if (!history.key_is_text[key]) return text;
  std::string out;
  append_json_string(out, text);
  return out;
}

ValueId value_of(const Operation& operation, EventType type) {
  const bool mutation = operation.function >= kWrite && operation.function <= kDelete;
  return type == EventType::kOk && !mutation ? operation.result : operation.argument;
}

std::string header_json(const History& history, std::string_view format) {
  if (history.header_model.empty() && !history.initial && format.empty()) return {};
  std::string out = "{\"capsize-history\":1";
  if (!format.empty()) out += fmt::format(",\"format\":\"{}\"", format);
  if (!history.header_model.empty()) {
    out += ",\"model\":";
    append_json_string(out, history.header_model);
  }
  if (history.initial) out += ",\"initial\":" + history.values.json(*history.initial);
  return out + "}";
}

std::optional<std::string> refusal_by_json(const History& history) {
  const auto is_utf8 = [](const std::string& text) {
    return simdjson::validate_utf8(text.data(), text.size());
  };
  bool all =
      std::ranges::all_of(history.keys, is_utf8) && std::ranges::all_of(history.functions, is_utf8);
  const ValueTable& values = history.values;
  for (ValueId id = 0; all && id < values.size(); ++id) {
    if (values.kind(id) != ValueTable::Kind::kText) continue;
    all = simdjson::validate_utf8(values.as_text(id).data(), values.as_text(id).size());
  }
  if (all) return std::nullopt;
  return "text that is not UTF-8, which JSON has to be";
}

void note_lost_header(const History& history, std::vector<std::string>& lost) {
  if (!history.header_model.empty()) {
    lost.push_back(fmt::format("the model (give --model {})", history.header_model));
  }
  if (history.initial && *history.initial != kNullValue) {
    lost.push_back(fmt::format("the initial value (give --initial '{}')",
                               history.values.json(*history.initial)));
  }
}

void note_lost_meaning_of_failed_cas(const History& history, bool target_observes,
                                     std::vector<std::string>& lost) {
  const bool any = std::any_of(history.operations.begin(), history.operations.end(),
                               [](const Operation& operation) { return operation.mismatch; });
  if (!any || history.failed_cas_observes == target_observes) return;
  lost.emplace_back(history.failed_cas_observes
                        ? "that a failed cas saw another value (give --failed-cas observes)"
                        : "that a failed cas says nothing (give --failed-cas ignored)");
}

void note_renamed(const Timeline& timeline, std::vector<std::string>& lost) {
  if (timeline.renamed() == 0) return;
  lost.push_back(
      fmt::format("the process of {} operations, which began while another of it was open",
                  timeline.renamed()));
}

}  // namespace capsize::checker

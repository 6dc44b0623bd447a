#include "checker/history/event_line.h"

#include <fmt/core.h>

#include <array>
#include <iterator>

#include "checker/history/json.h"

namespace capsize::checker {

std::string_view name(EventType type) {
  // In the order of the enumerators.
  constexpr std::array<std::string_view, 4> kNames = {"invoke", "ok", "fail", "info"};
  return kNames[static_cast<std::size_t>(type)];
}

void append_event_line(std::string& text, const EventLine& line) {
  auto out = std::back_inserter(text);
  fmt::format_to(out, "{{\"index\":{}", line.index);
  if (line.time != kNoTime) fmt::format_to(out, ",\"time\":{}", line.time);
  fmt::format_to(out, ",\"process\":{},\"type\":\"{}\",\"f\":", line.process, name(line.type));
  append_json_string(text, line.f);
  if (!line.key.empty()) fmt::format_to(out, ",\"key\":{}", line.key);
  fmt::format_to(out, ",\"value\":{}", line.value);
  if (!line.error.empty()) {
    text += ",\"error\":";
    append_json_string(text, line.error);
  }
  text += '}';
}

}  // namespace capsize::checker

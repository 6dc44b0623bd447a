// One event of a history as a line of history.jsonl (docs/FORMATS.md, Histories): for the recorder
// of a run and for `capsize convert`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "checker/history/operation.h"

namespace capsize::checker {

enum class EventType : std::uint8_t { kInvoke, kOk, kFail, kInfo };
/// Returns "invoke", "ok", "fail" or "info", as the formats of Capsize and Jepsen write it.
[[nodiscard]] std::string_view name(EventType type);

struct EventLine {
  std::uint64_t index = 0;
  std::int64_t time = kNoTime;  // nanoseconds; kNoTime: the line has none
  std::string_view process;     // JSON text
  EventType type = EventType::kInvoke;
  std::string_view f;
  std::string_view key;    // JSON text; empty: the line has none
  std::string_view value;  // JSON text
  std::string_view error;  // empty: the line has none
};

/// Appends the line without its line feed.
void append_event_line(std::string& text, const EventLine& line);

}  // namespace capsize::checker

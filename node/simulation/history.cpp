#include "node/simulation/history.h"

#include <algorithm>

namespace capsize::simulation {
namespace {

std::string_view name(EventType type) {
  switch (type) {
    case EventType::kInvoke:
      return "invoke";
    case EventType::kOk:
      return "ok";
    case EventType::kFail:
      return "fail";
    case EventType::kInfo:
      return "info";
  }
  return "";
}

std::string_view name(kv::Operation operation) {
  switch (operation) {
    case kv::Operation::kRead:
      return "read";
    case kv::Operation::kWrite:
      return "write";
    case kv::Operation::kCas:
      return "cas";
    case kv::Operation::kAppend:
      return "append";
    case kv::Operation::kDelete:
      return "delete";
    case kv::Operation::kRegister:
      return "register";
    case kv::Operation::kTxn:
      return "txn";
  }
  return "";
}

// Keys and errors of the simulation are plain words: nothing in them needs escaping.
std::string json(std::size_t index, const HistoryEvent& event) {
  std::string line = "{\"index\":" + std::to_string(index);
  line += ",\"time\":" + std::to_string(event.time.time_since_epoch().count());
  line += ",\"process\":" + std::to_string(event.process);
  line.append(",\"type\":\"").append(name(event.type));
  line.append("\",\"f\":\"").append(name(event.command.operation));
  line.append("\",\"key\":\"").append(event.command.key).append("\"");
  if (event.command.operation == kv::Operation::kCas) {
    line += ",\"value\":[" + event.command.expected + "," + event.command.value + "]";
  } else if (!event.command.value.empty()) {
    line += ",\"value\":" + event.command.value;
  } else if (!event.value.empty()) {
    line += ",\"value\":" + event.value;
  }
  if (!event.error.empty()) line += ",\"error\":\"" + event.error + "\"";
  return line + "}\n";
}

}  // namespace

void History::invoke(base::Instant time, std::uint64_t process, const kv::Command& command) {
  events_.push_back({time, process, EventType::kInvoke, command, "", ""});
}

void History::complete(base::Instant time, std::uint64_t process, const kv::Command& command,
                       const kv::Reply& reply) {
  const EventType type = reply.outcome == kv::Outcome::kOk     ? EventType::kOk
                         : reply.outcome == kv::Outcome::kFail ? EventType::kFail
                                                               : EventType::kInfo;
  events_.push_back({time, process, type, command, reply.value, reply.error});
}

std::size_t History::count(EventType type) const {
  return static_cast<std::size_t>(std::count_if(
      events_.begin(), events_.end(), [type](const HistoryEvent& e) { return e.type == type; }));
}

std::string History::json_lines() const {
  std::string lines = "{\"capsize-history\":1,\"model\":\"kv\"}\n";
  for (std::size_t i = 0; i < events_.size(); ++i) lines += json(i, events_[i]);
  return lines;
}

}  // namespace capsize::simulation

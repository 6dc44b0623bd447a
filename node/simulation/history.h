// What the simulated clients saw, in the order in which they saw it, and as JSON lines in the
// shape of all histories. Lists and registers stand together, so that no one model judges them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "node/kv/command.h"

namespace capsize::simulation {

enum class EventType { kInvoke, kOk, kFail, kInfo };

struct HistoryEvent {
  base::Instant time;
  std::uint64_t process = 0;
  EventType type = EventType::kInvoke;
  kv::Command command;  // on completions too
  std::string value;    // ok read: JSON text
  std::string error;
};

class History {
 public:
  void invoke(base::Instant time, std::uint64_t process, const kv::Command& command);
  void complete(base::Instant time, std::uint64_t process, const kv::Command& command,
                const kv::Reply& reply);
  [[nodiscard]] const std::vector<HistoryEvent>& events() const { return events_; }
  [[nodiscard]] std::size_t count(EventType type) const;
  /// One JSON object a line, header first.
  [[nodiscard]] std::string json_lines() const;

 private:
  std::vector<HistoryEvent> events_;
};

}  // namespace capsize::simulation

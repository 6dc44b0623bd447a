// The history of the simulated clients, in memory and as JSON lines in the format of history.jsonl
// (docs/FORMATS.md). It mixes lists and registers, so no single model of the checker covers it; the
// lists are checked here.
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
  /// One JSON object per line, header first.
  [[nodiscard]] std::string json_lines() const;

 private:
  std::vector<HistoryEvent> events_;
};

/// Checks the appends and reads of a history for linearizability. Elements are unique, so the last
/// read of a key shows the order in which its appends took effect, and one pass can compare all
/// other operations with it: a list that is only appended to needs no search.
///
/// (The simulation depends on the node alone and cannot use the checker, so the other operations
/// are recorded but not checked.)
///
/// Returns one line per violation; empty if the appends and reads of every key are linearizable.
/// Precondition for a complete verdict: each list is read once more after all other operations.
[[nodiscard]] std::vector<std::string> judge_lists(const std::vector<HistoryEvent>& events);

}  // namespace capsize::simulation

// What the simulated clients saw, in the order in which they saw it, and as JSON lines in the
// shape of all histories. Lists and registers stand together, so that no one model judges them; the
// lists are judged here.
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

/// Judges the appends and reads of a history. Elements are unique, so the last read of a key gives
/// the one order in which its appends took effect, and every claim can be held against it in one
/// pass: a list that is only appended to needs no search to be judged linearizable.
///
/// (The simulation stands on the node alone and cannot use the checker, which knows nothing of the
/// node, so the other operations are recorded, but not judged.)
///
/// Returns what is wrong, one line each; empty if the appends and reads of every key are
/// linearizable. Precondition for a full verdict: each list is read once more when everything else
/// has ended.
[[nodiscard]] std::vector<std::string> judge_lists(const std::vector<HistoryEvent>& events);

}  // namespace capsize::simulation

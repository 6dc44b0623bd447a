// What the attempts at one operation, sent again under the same sequence of a session, add up to.
//
// The subtle part is `fail`. It speaks about the attempt that it answers, and an earlier one may
// still be in somebody's queue: sent to n1 and timed out, then refused by n2 for want of a leader,
// the operation is open, not failed. Only what the state machine answers in the session (a cas that
// did not match) is about the operation itself.
//
// Pure: whoever uses it sends, waits and times out.
#pragma once

#include <optional>
#include <string>
#include "base/json.h"

#include "harness/recorder/history_writer.h"

namespace capsize::harness {

/// How one attempt, or the operation as a whole, ended.
struct Answer {
  EventType type = EventType::kInfo;
  base::Json value;
  std::string error;
};

class Attempts {
 public:
  /// `retries`: how often the operation may be sent again after the first time.
  explicit Attempts(std::uint64_t retries) : retries_left_(retries) {}

  /// The latest attempt ended like this. Returns what to report, or nothing: send it again.
  std::optional<Answer> ended(Answer answer);
  /// Nobody will send it again. `in_flight`: an attempt still waits for its answer.
  [[nodiscard]] Answer given_up(bool in_flight, std::string reason) const;

 private:
  std::uint64_t retries_left_;
  bool indeterminate_ = false;  // some attempt may have been, or may yet be, carried out
};

}  // namespace capsize::harness

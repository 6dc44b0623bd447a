// The outcome of one operation that is sent several times under one sequence number of a session.
//
// The subtle part is `fail`: it answers one attempt, and an earlier one may still be queued at a
// node. An operation that times out at n1 and is then refused by n2, which knows no leader, is
// indeterminate, not failed. Only the state machine's own replies within the session (a cas that
// did not match) are definite about the operation.
//
// Pure: the caller sends, waits and times out.
#pragma once

#include <optional>
#include <string>
#include "base/json.h"

#include "harness/recorder/history_writer.h"

namespace capsize::harness {

/// The outcome of one attempt, or of the operation as a whole.
struct Answer {
  EventType type = EventType::kInfo;
  base::Json value;
  std::string error;
};

class Attempts {
 public:
  /// `retries`: how often the operation may be sent again after the first time.
  explicit Attempts(std::uint64_t retries) : retries_left_(retries) {}

  /// The latest attempt has ended. Returns what to report, or nothing: send it again.
  std::optional<Answer> ended(Answer answer);
  /// It is not sent again. `in_flight`: an attempt still waits for its reply.
  [[nodiscard]] Answer given_up(bool in_flight, std::string reason) const;

 private:
  std::uint64_t retries_left_;
  bool indeterminate_ = false;  // some attempt may have been, or may still be, applied
};

}  // namespace capsize::harness

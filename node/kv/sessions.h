// Client sessions (thesis 6.3): a command that its client sends again, to whichever node, is
// carried out once. Replicated state beside the Store: everything here follows from the log alone,
// so every replica admits, repeats, refuses and forgets the same.
//
// A session is registered by a log entry and named by its index. It has one command open at a time:
// it remembers the latest sequence number and what came of it.
//
//   higher sequence    carried out, its reply kept
//   the same           the kept reply; nothing is carried out
//   lower              `info`, "stale-sequence": a copy that was late. It may have been carried out
//                      when it was the latest, and certainly is not now
//   unknown session    `fail`, "unknown-session": never registered, or expired. This copy is not
//                      carried out; whether an earlier one was, only the client can know
//
// Time. A session that is idle for too long expires, or the table would only grow. Replicas must
// agree when, and clocks differ: so the leader stamps each command with log time, which goes on
// from the latest applied stamp with the leader's own clock (LogClock, replica/replica_impl.h), and
// never goes back here. It stands still while nothing is proposed, and while no leader is.
//
// How it fails: a full table refuses to register (`fail`, "too-many-sessions"). It never throws out
// a live session: the client would take its next retry for a first.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "node/kv/command.h"
#include "node/kv/store.h"

namespace capsize::kv {

/// Part of the state machine's definition: the same on all nodes.
struct SessionLimits {
  std::size_t sessions_max = 4096;
  std::chrono::nanoseconds idle_max = std::chrono::minutes(10);
};

/// Of one session in a snapshot, whatever it was asked: the largest reply is a transaction's.
inline constexpr std::uint64_t kSessionBytesMax = kTxnReplyBytesMax + 1024;
/// Of all of them.
inline constexpr std::uint64_t kSessionsBytesMax =
    64 + SessionLimits{}.sessions_max * kSessionBytesMax;

class Sessions {
 public:
  explicit Sessions(SessionLimits limits = {}) : limits_(limits) {}

  /// Carries out a committed command on `store`, at most once in its session. `entry` is its index
  /// in the log: the name of the session that it registers, if that is what it does.
  Reply apply(Store& store, const Command& command, SessionId entry);

  [[nodiscard]] LogTime time() const { return time_; }
  [[nodiscard]] std::size_t size() const { return sessions_.size(); }

  /// The whole state, versioned and little endian; decode refuses what encode cannot make.
  [[nodiscard]] std::string encode() const;
  [[nodiscard]] static base::Result<Sessions> decode(std::string_view bytes,
                                                     SessionLimits limits = {});
  /// Goes on from the hash of what lies beside it. O(size of the state).
  [[nodiscard]] std::uint64_t hash(std::uint64_t start) const;

 private:
  struct Session {
    LogTime active;     // of its latest command
    Sequence sequence;  // 0: none yet
    Reply reply;        // of that command
  };

  Reply open(SessionId id);
  Reply apply_in_session(Store& store, const Command& command);
  [[nodiscard]] bool expired(const Session& session) const;

  SessionLimits limits_;
  LogTime time_;
  std::map<SessionId, Session> sessions_;
};

}  // namespace capsize::kv

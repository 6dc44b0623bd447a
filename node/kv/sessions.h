// Client sessions (thesis 6.3): a command that a client retries, at any node, is executed at most
// once. Replicated state beside the Store: it depends on the log alone, so all replicas accept,
// deduplicate, refuse and expire the same commands.
//
// A session is registered by a log entry and identified by its index. It has one command open at a
// time, and stores the latest sequence number and its reply.
//
//   higher sequence    executed; its reply is stored
//   same sequence      the stored reply; nothing is executed
//   lower sequence     `info`, "stale-sequence": a late copy, not executed. An earlier copy may
//                      have been executed when its sequence was the latest
//   unknown session    `fail`, "unknown-session": never registered, or expired. This copy is not
//                      executed; the client alone knows whether an earlier copy may have been
//
// Time. A session that is idle for too long expires, otherwise the table would grow without bound.
// Replicas must agree on when, but clocks differ. So the leader stamps each command with log time:
// the latest applied stamp, advanced by the leader's own clock (LogClock, replica/replica_impl.h).
// It never goes back, and stands still while nothing is proposed or there is no leader.
//
// How it fails: a full table refuses to register (`fail`, "too-many-sessions"). It never evicts a
// live session: a retry of its last command would then be executed a second time in a new session.
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

/// Bound of one session in a snapshot: the largest stored reply is a transaction's.
inline constexpr std::uint64_t kSessionBytesMax = kTxnReplyBytesMax + 1024;
/// Bound of all sessions in a snapshot.
inline constexpr std::uint64_t kSessionsBytesMax =
    64 + SessionLimits{}.sessions_max * kSessionBytesMax;

class Sessions {
 public:
  explicit Sessions(SessionLimits limits = {}) : limits_(limits) {}

  /// Executes a committed command on `store`, at most once within its session. `entry` is its log
  /// index, which becomes the id of the session if the command registers one.
  Reply apply(Store& store, const Command& command, SessionId entry);

  [[nodiscard]] LogTime time() const { return time_; }
  [[nodiscard]] std::size_t size() const { return sessions_.size(); }

  /// The whole state, versioned, little endian; decode refuses anything that encode cannot produce.
  [[nodiscard]] std::string encode() const;
  [[nodiscard]] static base::Result<Sessions> decode(std::string_view bytes,
                                                     SessionLimits limits = {});
  /// Continues `start`, the hash of the state beside it. O(size of the state).
  [[nodiscard]] std::uint64_t hash(std::uint64_t start) const;

 private:
  struct Session {
    LogTime active;     // time of its latest command
    Sequence sequence;  // of that command; 0: none yet
    Reply reply;        // to that command
  };

  Reply open(SessionId id);
  Reply apply_in_session(Store& store, const Command& command);
  [[nodiscard]] bool expired(const Session& session) const;

  SessionLimits limits_;
  LogTime time_;
  std::map<SessionId, Session> sessions_;
};

}  // namespace capsize::kv

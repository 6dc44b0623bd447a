// Messages between Raft peers. One struct a message of the paper; replies name what they answer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "node/raft/snapshot.h"
#include "node/raft/types.h"

namespace capsize::raft {

/// Numbers the leader's heartbeat rounds within a term, so that an acknowledgement confirms just
/// the reads asked before its round began (thesis 6.4; a reused id is etcd issue 20418).
using ReadRound = base::StrongNumber<struct ReadRoundTag>;

struct RequestVote {
  bool pre_vote = false;  // thesis 9.6: asks whether an election could be won; changes nothing
  EntryId last;           // the candidate's last log entry
  bool transfer = false;  // the leader asked for it: no reason to be patient with it (thesis 3.10)
};
struct RequestVoteReply {
  bool pre_vote = false;  // which of the two rounds this answers
  Term round;             // the term that was asked for: a late reply must not count elsewhere
  bool granted = false;
};
struct AppendEntries {
  EntryId previous;
  Index commit;
  ReadRound read_round;
  std::vector<Entry> entries;  // empty: a heartbeat
};
struct AppendEntriesReply {
  bool success = false;
  Index match;           // success: the last entry this very request proved to match
  EntryId conflict;      // refusal: first index of the conflicting term, or one past the log's end
  Index rejected;        // refusal: the `previous` index that was refused
  ReadRound read_round;  // echoes the request's
  bool lost = false;     // refusal: by a node that lost what it had acknowledged (recovered.h)
};
/// A follower asks for a read index. Ids are unique per node and incarnation and only grow.
struct ReadIndexRequest {
  std::uint64_t id = 0;
};
struct ReadIndexReply {
  std::uint64_t id = 0;
  std::optional<Index> index;  // none: not the leader, ask again
};

/// A piece of a snapshot (paper section 7, Figure 13). The first fields up to `checksum` name the
/// snapshot: a receiver never joins pieces of two.
struct InstallSnapshot {
  LogPoint last;
  Configuration configuration;  // in force at `last`
  std::uint64_t size = 0;       // of the whole content
  std::uint32_t checksum = 0;   // CRC32C of the whole content
  std::uint64_t offset = 0;     // of this piece
  std::string piece;
  [[nodiscard]] bool is_last() const { return offset + piece.size() == size; }
};
/// What the receiver wants next. It decides, for it may have started anew since the last piece
/// (logcabin 174: a leader that kept its own offset was never understood again).
struct InstallSnapshotReply {
  EntryId last;              // names the snapshot
  std::uint64_t wanted = 0;  // offset of the next piece
  bool installed = false;    // nothing more is wanted: all of it is durable, or was there before
};

/// The leader asks the receiver to campaign at once (thesis 3.10).
struct TimeoutNow {};

using MessageBody =
    std::variant<RequestVote, RequestVoteReply, AppendEntries, AppendEntriesReply, ReadIndexRequest,
                 ReadIndexReply, InstallSnapshot, InstallSnapshotReply, TimeoutNow>;

struct Message {
  NodeId from;
  NodeId to;
  Term term;  // the sender's term; of a pre-vote request: the term it would campaign in
  MessageBody body;
};

}  // namespace capsize::raft

// Messages between Raft peers, one struct per message of the paper. Replies identify their request.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "node/raft/snapshot.h"
#include "node/raft/types.h"

namespace capsize::raft {

/// Numbers the leader's heartbeat rounds, so that an acknowledgement confirms only the reads
/// requested before its round began (thesis 6.4; etcd issue 20418 was a reused id).
using ReadRound = base::StrongNumber<struct ReadRoundTag>;

struct RequestVote {
  bool pre_vote = false;  // thesis 9.6: asks whether an election could be won; changes nothing
  EntryId last;           // the candidate's last log entry
  bool transfer = false;  // requested by the leader: ignores stickiness (thesis 3.10)
};
struct RequestVoteReply {
  bool pre_vote = false;  // the kind of the request that this answers
  Term round;             // its term: a late reply must not count for another election
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
  Index match;           // success: the last entry that this request proved to match
  EntryId conflict;      // refusal: first index of the conflicting term, or one past the log's end
  Index rejected;        // refusal: the `previous` index that was refused
  ReadRound read_round;  // echoes the request's
  bool lost = false;     // refusal: the node lost entries that it had acknowledged (recovered.h)
};
/// A follower requests a read index. Ids are unique per node and incarnation, and ascend.
struct ReadIndexRequest {
  std::uint64_t id = 0;
};
struct ReadIndexReply {
  std::uint64_t id = 0;
  std::optional<Index> index;  // nullopt: the sender is not the leader; try again
};

/// A piece of a snapshot (paper section 7, Figure 13). The fields up to `checksum` identify the
/// snapshot: a receiver never joins pieces of two snapshots.
struct InstallSnapshot {
  LogPoint last;
  Configuration configuration;  // active at `last`
  std::uint64_t size = 0;       // of the whole content
  std::uint32_t checksum = 0;   // CRC32C of the whole content
  std::uint64_t offset = 0;     // of this piece
  std::string piece;
  [[nodiscard]] bool is_last() const { return offset + piece.size() == size; }
};
/// The offset that the receiver needs next. The receiver decides, since it may have restarted after
/// the last piece (in logcabin 174 the leader insisted on its own offset, and the transfer never
/// recovered).
struct InstallSnapshotReply {
  EntryId last;              // identifies the snapshot
  std::uint64_t wanted = 0;  // offset of the next piece
  bool installed = false;    // complete: all of it is durable, or was committed there before
};

/// The leader tells the receiver to campaign at once (thesis 3.10).
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

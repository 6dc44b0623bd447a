// The inside of Replica. Private to node/replica.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "base/time.h"
#include "node/kv/command.h"
#include "node/kv/sessions.h"
#include "node/kv/store.h"
#include "node/raft/types.h"
#include "node/replica/forward_memory.h"
#include "node/replica/pending.h"
#include "node/replica/replica.h"

namespace capsize::replica {

/// Log time, as a leader stamps it on what it proposes (thesis 6.3; LogCabin calls it cluster
/// time).
///
/// Monotonic clocks of two nodes have nothing to do with each other. So a leader goes on from the
/// latest stamp that it has applied when it first proposes, with its own clock from there: a change
/// of leader loses a little time, and never jumps. Earlier stamps in its log that it has not
/// applied yet may be higher; the state machine takes the highest, so time then stands still for a
/// moment.
class LogClock {
 public:
  /// Precondition: this node leads in `term`; `now` does not go back.
  [[nodiscard]] kv::LogTime stamp(raft::Term term, kv::LogTime applied, base::Instant now) {
    if (term != term_) {
      term_ = term;
      base_ = applied;
      since_ = now;
    }
    return base_ + static_cast<std::uint64_t>((now - since_).count());
  }

 private:
  raft::Term term_;
  kv::LogTime base_;
  base::Instant since_;
};

struct Replica::Impl {
  Impl(raft::Config given, raft::Recovered recovered, Limits limits, base::Instant now);

  void receive(const PeerMessage& message, base::Instant now);
  void receive_raft(const raft::Message& message, base::Instant now);
  void request(ClientRequest request, base::Instant now);
  void expire(base::Instant now);
  /// Orphans what was handed on, if the leader or the term is another one than before.
  void observe_leader(base::Instant now);
  Output take_output(base::Instant now);

  // Members and leadership (administration.cpp)
  void change_members(RequestId id, std::vector<raft::NodeId> voters, base::Instant now);
  void transfer_leadership(RequestId id, raft::NodeId to, base::Instant now);
  void answer_change(raft::ChangeOutcome outcome);
  void answer_transfer();

  // Writes
  void command(RequestId id, kv::Command command, base::Instant now);
  void propose_or_forward(RequestId id, kv::Command command, base::Instant now);
  void propose(kv::Command command, Origin origin, base::Instant now);
  void on_forward(const PeerMessage& message, const Forward& forward, base::Instant now);
  void on_forward_reply(const ForwardReply& reply);

  // Outcomes
  void apply(const raft::Entry& entry);
  kv::Reply execute(const kv::Command& command, raft::Index index);
  /// In portions: the values of thousands of reads that are answered together may be larger than
  /// memory. One that is answered later sees a later state, which is as good.
  void answer_reads();
  void answer(const Origin& origin, kv::Reply reply);
  void complete(RequestId id, kv::Reply reply);
  void reply_to_client(RequestId id, kv::Reply reply);
  /// Whether something was applied: then there may be more to come.
  bool take_ready(Output& output);

  // Snapshots
  void restore(const raft::Snapshot& snapshot);
  void begin_snapshot_if_due(Output& output);

  const raft::Config config_;
  const Limits limits_;
  const raft::Term recovered_term_;  // no earlier life of this node knew a later one
  raft::Raft raft_;
  kv::Store store_;
  kv::Sessions sessions_;
  LogClock log_clock_;
  ForwardMemory forwards_;
  PendingRequests requests_;
  PendingProposals proposals_;
  std::optional<RequestId> change_;  // of this node's client, under way
  struct Transfer {
    RequestId id;
    raft::NodeId to;
  };
  std::optional<Transfer> transfer_;
  raft::NodeId seen_leader_ = raft::kNobody;
  raft::Term seen_term_;
  std::deque<raft::ReadReady> ready_reads_;  // may be answered, a few bytes an output
  std::uint64_t applied_bytes_ = 0;          // since the last snapshot was begun or restored
  std::map<std::string, std::uint64_t, std::less<>> dropped_;  // messages of peers, by cause
  bool snapshot_forced_ = false;                               // the next output begins one
  std::vector<PeerMessage> messages_;
  std::vector<ClientReply> replies_;
};

}  // namespace capsize::replica

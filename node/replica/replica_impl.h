// The implementation of Replica. Private to node/replica.
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

/// Log time, which a leader stamps on its proposals (thesis 6.3; LogCabin calls it cluster time).
///
/// The monotonic clocks of two nodes are unrelated. So a new leader starts from the latest stamp
/// that it has applied at its first proposal, and advances it by its own clock: a change of leader
/// loses a little time but never jumps. Entries in its log that it has not applied yet may have
/// higher stamps; the state machine takes the maximum, so log time then stands still for a moment.
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
  /// Makes forwarded requests orphans if the leader or the term has changed.
  void observe_leader(base::Instant now);
  Output take_output(base::Instant now);

  // Membership and leadership (administration.cpp)
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
  void apply(const raft::Entry& entry, base::Instant now);
  kv::Reply execute(const kv::Command& command, raft::Index index, base::Instant now);
  /// Answers in portions, since the values of thousands of reads may together exceed the memory. A
  /// read that is answered later sees a later state, which is just as valid.
  void answer_reads();
  void answer(const Origin& origin, kv::Reply reply);
  void complete(RequestId id, kv::Reply reply);
  void reply_to_client(RequestId id, kv::Reply reply);
  /// Returns whether entries were applied: there may then be more.
  bool take_ready(Output& output, base::Instant now);

  // Snapshots
  void restore(const raft::Snapshot& snapshot);
  void begin_snapshot_if_due(Output& output);

  const raft::Config config_;
  const Limits limits_;
  const raft::Term recovered_term_;  // no earlier incarnation of this node led in a later term
  raft::Raft raft_;
  kv::Store store_;
  kv::Sessions sessions_;
  LogClock log_clock_;
  ForwardMemory forwards_;
  PendingRequests requests_;
  PendingProposals proposals_;
  std::optional<RequestId> change_;  // a membership change of this node's client, in progress
  struct Transfer {
    RequestId id;
    raft::NodeId to;
  };
  std::optional<Transfer> transfer_;
  raft::NodeId seen_leader_ = raft::kNoNode;
  raft::Term seen_term_;
  std::deque<raft::ReadReady> ready_reads_;  // may be answered, a portion per output
  std::uint64_t applied_bytes_ = 0;          // since the last snapshot was begun or restored
  std::map<std::string, std::uint64_t, std::less<>> dropped_;  // messages of peers, by cause
  bool snapshot_forced_ = false;                               // the next output begins one
  std::vector<PeerMessage> messages_;
  std::vector<ClientReply> replies_;
};

}  // namespace capsize::replica

// What waits for an outcome: the requests of this node's own clients, and the log entries proposed
// here, for whomever.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "node/replica/replica.h"

namespace capsize::replica {

/// Requests of this node's clients, each until its one reply.
class PendingRequests {
 public:
  enum class Kind { kRead, kProposed, kForwarded, kAdministration };
  struct Request {
    Kind kind;
    kv::CommandId command;
    std::string key;  // kRead
    base::Instant since;
    bool orphaned = false;  // kForwarded: the leader it went to no longer is the leader of its term
  };

  /// Precondition: `id` is above every earlier one.
  void add(RequestId id, Request request);
  [[nodiscard]] std::optional<Request> take(RequestId id);
  [[nodiscard]] bool is_forwarded(RequestId id) const;
  /// The forwarded write that this entry carries out, seen from its origin: the leader's reply may
  /// be lost, but the entry arrives. Client 0 without a session stands for nobody in
  /// particular and never matches.
  [[nodiscard]] std::optional<RequestId> forwarded_by(const kv::CommandId& command) const;
  [[nodiscard]] std::optional<std::pair<RequestId, base::Instant>> oldest() const;

  /// Whoever the forwarded requests went to may be dead or deposed, and its answer with it: each
  /// that has not been orphaned before becomes due at `due`, unless it is taken until then. `due`
  /// grows from call to call. O(size()): leaders change rarely.
  void orphan_forwarded(base::Instant due);
  /// When the next orphan is to be given up; nothing without orphans.
  [[nodiscard]] std::optional<base::Instant> next_orphan_due();
  /// An orphan that is due and still waits. It is not taken.
  [[nodiscard]] std::optional<RequestId> due_orphan(base::Instant now);
  [[nodiscard]] std::size_t size() const { return requests_.size(); }

 private:
  std::map<RequestId, Request> requests_;  // ids grow with time: the first is the oldest
  std::map<kv::CommandId, RequestId> forwarded_;
  std::deque<std::pair<base::Instant, RequestId>> orphans_;  // by due time; some answered since
  RequestId latest_;
};

/// Who learns what becomes of an entry.
struct Origin {
  raft::NodeId node;
  std::uint64_t incarnation = 0;
  RequestId id;
};

/// Entries proposed by this node while it led, by index, until an entry is applied there.
class PendingProposals {
 public:
  /// Returns the origin of an older proposal for the same index, if there is one: its entry was cut
  /// from this log, and a leader holds all that is committed, so it never will be.
  std::optional<Origin> add(raft::EntryId entry, Origin origin, base::Instant since);
  struct Applied {
    Origin origin;
    bool superseded;  // another leader's entry took the place
  };
  [[nodiscard]] std::optional<Applied> take(raft::EntryId applied);
  /// Drops what nothing has been heard of since `before`; its origin has given up as well.
  void forget_before(base::Instant before);
  [[nodiscard]] std::size_t size() const { return proposals_.size(); }

 private:
  struct Proposal {
    raft::Term term;
    Origin origin;
    base::Instant since;
  };
  std::map<raft::Index, Proposal> proposals_;
};

}  // namespace capsize::replica

// What waits for an outcome: the requests of this node's clients, and the log entries proposed here
// for clients of any node.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "node/replica/replica.h"

namespace capsize::replica {

/// Requests of this node's clients, until their reply.
class PendingRequests {
 public:
  enum class Kind { kRead, kProposed, kForwarded, kAdministration };
  struct Request {
    Kind kind;
    kv::CommandId command;
    std::string key;  // kRead
    base::Instant since;
    bool orphaned = false;  // kForwarded: leader or term have changed since it was forwarded
  };

  /// Precondition: `id` is greater than all earlier ones.
  void add(RequestId id, Request request);
  [[nodiscard]] std::optional<Request> take(RequestId id);
  [[nodiscard]] bool is_forwarded(RequestId id) const;
  /// The forwarded write that an applied command belongs to, at its origin: the leader's reply may
  /// be lost, but the entry arrives. Client 0 without a session identifies no client and never
  /// matches.
  [[nodiscard]] std::optional<RequestId> forwarded_by(const kv::CommandId& command) const;
  [[nodiscard]] std::optional<std::pair<RequestId, base::Instant>> oldest() const;

  /// The leader to which requests were forwarded may have crashed or been deposed, and its reply
  /// may never come: each forwarded request that is not yet an orphan becomes one, due at `due`.
  /// `due` ascends from call to call. O(size()), but leaders change rarely.
  void orphan_forwarded(base::Instant due);
  /// When the next orphan is due; nullopt if there are no orphans.
  [[nodiscard]] std::optional<base::Instant> next_orphan_due();
  /// An orphan that is due. Does not remove it.
  [[nodiscard]] std::optional<RequestId> due_orphan(base::Instant now);
  [[nodiscard]] std::size_t size() const { return requests_.size(); }

 private:
  std::map<RequestId, Request> requests_;  // ids ascend with time: the first is the oldest
  std::map<kv::CommandId, RequestId> forwarded_;
  std::deque<std::pair<base::Instant, RequestId>> orphans_;  // by due time; may contain taken ones
  RequestId latest_;
};

/// Where the outcome of an entry is reported.
struct Origin {
  raft::NodeId node;
  std::uint64_t incarnation = 0;
  RequestId id;
};

/// Entries proposed by this node while it led, by index, until an entry is applied there.
class PendingProposals {
 public:
  /// Returns the origin of an older proposal for the same index, if there is one. Its entry was
  /// truncated from this log. Since this node leads again and so has all committed entries, the old
  /// entry is not committed and never will be.
  std::optional<Origin> add(raft::EntryId entry, Origin origin, base::Instant since);
  struct Applied {
    Origin origin;
    bool superseded;  // the applied entry is another leader's
  };
  [[nodiscard]] std::optional<Applied> take(raft::EntryId applied);
  /// Drops proposals made at or before `before`: their origin has timed out as well.
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

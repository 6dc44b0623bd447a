// Linearizable reads without log entries: ReadIndex (paper section 8, thesis 6.4), on every node. A
// follower requests a read index from the leader, and answers from its own state once it has
// applied the log up to that index.

#include <limits>
#include <utility>

#include "node/bugs/seeded_bug.h"
#include "node/raft/raft_impl.h"

namespace capsize::raft {

void Raft::Impl::request_read_indexes() {
  if (leader_ == kNoNode) {
    // A new leader may be elected soon. After an election timeout without one the reads fail, so
    // that clients can try another node.
    if (local_reads_.has_unanswered() &&
        now_ >= *leaderless_since_ + config_.election_timeout_max) {
      local_reads_.fail_unanswered(failed_reads_);
    }
    return;
  }
  for (const std::uint64_t number : local_reads_.take_due(now_, read_patience())) {
    if (leader_ == id_) {
      read_queue_.add({id_, number});
    } else {
      send(leader_, ReadIndexRequest{number});
    }
  }
}

void Raft::Impl::begin_read_round() {
  // Thesis 6.4, step 1. A new leader has all committed entries, but does not know yet which are.
  // Its commit index may be 5 when its predecessor has acknowledged write 7; a read at 5 would be
  // stale.
  const bool knows_commit = commit_ >= term_start_ || SEEDED_BUG("read-before-noop");
  if (role_ != Role::kLeader || !knows_commit) return;
  if (lease_.holds(now_)) {
    for (const ReadQueue::Request& request : read_queue_.take_waiting()) {
      answer_read({request, commit_});
    }
  } else if (read_queue_.begin_round(commit_) && config_.lease_reads_assume_bounded_clock_drift) {
    lease_.round_began(read_queue_.round(), now_);
  }
  confirm_reads();  // a cluster of one needs no acknowledgement
}

void Raft::Impl::renew_lease() {
  if (!config_.lease_reads_assume_bounded_clock_drift || commit_ < term_start_) return;
  if (read_queue_.force_round(commit_)) lease_.round_began(read_queue_.round(), now_);
}

void Raft::Impl::confirm_reads() {
  if (role_ != Role::kLeader || !read_queue_.has_unconfirmed()) return;
  ReadRound confirmed =
      reached(read_queue_.round(), [](const Progress& progress) { return progress.acked_round; });
  if (config_.lease_reads_assume_bounded_clock_drift) {
    lease_.confirm(confirmed, config_.election_timeout_min * 4 / 5);
  }
  if (SEEDED_BUG("read-without-quorum")) confirmed = read_queue_.round();
  for (const auto& read : read_queue_.confirm(confirmed)) answer_read(read);
}

void Raft::Impl::answer_read(const ReadQueue::Confirmed& confirmed) {
  if (confirmed.request.from == id_) {
    local_reads_.answered(confirmed.request.id, confirmed.index);
  } else {
    send(confirmed.request.from, ReadIndexReply{confirmed.request.id, confirmed.index});
  }
}

void Raft::Impl::abandon_reads() {
  // Own requests are repeated at the next leader (LocalReads::retry_all). The other nodes get a
  // reply without an index, and repeat theirs.
  for (const ReadQueue::Request& request : read_queue_.abandon()) {
    if (request.from != id_) send(request.from, ReadIndexReply{request.id, std::nullopt});
  }
}

void Raft::Impl::on_read_index_request(const Message& message, const ReadIndexRequest& request) {
  if (role_ == Role::kLeader) {
    read_queue_.add({message.from, request.id});
  } else {
    send(message.from, ReadIndexReply{request.id, std::nullopt});
  }
}

void Raft::Impl::on_read_index_reply(const ReadIndexReply& reply) {
  // Without an index: the sender is not the leader. The request is repeated after read_patience(),
  // or when the leader changes. Repeating it at once would only bounce it between two nodes that do
  // not know the leader.
  if (reply.index) local_reads_.answered(reply.id, *reply.index);
}

void Raft::Impl::collect_reads(Ready& ready) {
  ready.reads = std::exchange(failed_reads_, {});
  constexpr Index kAny{std::numeric_limits<std::uint64_t>::max()};
  const bool waits = !SEEDED_BUG("follower-read-unapplied");
  local_reads_.take_ready(waits ? applied_ : kAny, ready.reads);
}

}  // namespace capsize::raft

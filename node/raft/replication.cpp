// The leader's half of log replication (paper 5.3) and the commit rule (5.4.2).

#include <algorithm>

#include "base/check.h"
#include "node/bugs/seeded_bug.h"
#include "node/raft/raft_impl.h"

namespace capsize::raft {
namespace {

std::size_t payload_bytes(const std::vector<Entry>& entries) {
  std::size_t bytes = 0;
  for (const Entry& entry : entries) bytes += entry.payload->size();
  return bytes;
}

}  // namespace

void Raft::Impl::tick_leader() {
  // Check quorum (thesis 6.2): a leader without replies from a majority for an election timeout
  // steps down. First of all: after a long stop of the process all replies are old, and a successor
  // may have been elected.
  const bool check_quorum = config_.check_quorum && !SEEDED_BUG("no-check-quorum");
  if (check_quorum && now_ > heard_from_majority_at() + config_.election_timeout_max) {
    become_follower(hard_state_.term, kNoNode);
    return;
  }
  // A leader whose disk hangs can still send heartbeats but commit nothing that needs its disk. It
  // steps down, so that a node with a working disk can lead.
  if (disk_hangs() && !SEEDED_BUG("stalled-disk-leader")) {
    become_follower(hard_state_.term, kNoNode);
    return;
  }
  if (transfer_ && now_ >= transfer_->deadline) transfer_.reset();
  advance_change();
  if (role_ != Role::kLeader || now_ < next_heartbeat_) return;
  if (SEEDED_BUG("lease-ignores-clock")) lease_.postpone(now_ - next_heartbeat_);
  next_heartbeat_ = now_ + config_.heartbeat_interval;
  remove_departed_peers();
  for (auto& [peer, progress] : peers_) progress.heartbeat_due = true;
  if (transfer_) transfer_->offered = false;  // TimeoutNow may be lost: send it again
  offer_leadership();
  renew_lease();
}

EntryId Raft::Impl::append_own(EntryType type, Bytes payload) {
  const EntryId id{hard_state_.term, log_.last().index.next()};
  append_to_log({id.term, id.index, type, std::move(payload)});
  return id;
}

void Raft::Impl::replicate_to_all() {
  if (role_ != Role::kLeader) return;
  notice_waits_ = false;
  for (auto& [peer, progress] : peers_) replicate(peer, progress);
}

void Raft::Impl::replicate(NodeId to, Progress& progress) {
  if (progress.needs_snapshot(log_.base().index)) {
    replicate_snapshot(to, progress);
    return;
  }
  // With this bug, as in hashicorp/raft, entries are sent after the leader's own disk has them.
  const bool own_disk_first = SEEDED_BUG("stalled-disk-leader");
  const Index last = own_disk_first ? log_.stable() : log_.last().index;
  while (progress.next() <= last && progress.may_send_entries(config_.append_window_bytes)) {
    send_append(to, progress,
                log_.slice(progress.next(), config_.append_entries_max, config_.append_bytes_max));
  }
  // At most one empty AppendEntries: for a heartbeat that is due, a read round, or a commit index
  // that no entries have carried. While probing it is not known what the follower may commit, so
  // it learns the commit index from heartbeats only.
  const Index can_commit = std::min(commit_, progress.next().previous());
  const bool commit_is_news = !progress.probing() && progress.sent_commit < can_commit;
  if (progress.heartbeat_due || progress.sent_round < read_queue_.round() ||
      (commit_is_news && now_ >= notice_due_)) {
    send_append(to, progress, {});
  } else if (commit_is_news) {
    notice_waits_ = true;
  }
}

void Raft::Impl::send_append(NodeId to, Progress& progress, std::vector<Entry> entries) {
  const Index previous = progress.next().previous();
  const Index end = previous + entries.size();
  progress.heartbeat_due = false;
  progress.sent_round = read_queue_.round();
  progress.sent_commit = std::max(progress.sent_commit, std::min(commit_, end));
  if (!entries.empty()) progress.sent_entries(end, payload_bytes(entries));
  send(to, AppendEntries{{log_.term(previous).value(), previous},
                         commit_,
                         read_queue_.round(),
                         std::move(entries)});
}

void Raft::Impl::on_append_entries_reply(const Message& message, const AppendEntriesReply& reply) {
  if (role_ != Role::kLeader) return;
  const Index last = log_.last().index;
  // Replies about entries or rounds that were never sent are forged or from a faulty node.
  if (reply.match > last || reply.rejected > last) return;
  if (reply.read_round > read_queue_.round()) return;
  const auto peer = peers_.find(message.from);
  if (peer == peers_.end()) return;  // no longer a member
  Progress& progress = peer->second;
  progress.heard = now_;
  progress.acked_round = std::max(progress.acked_round, reply.read_round);
  if (SEEDED_BUG("read-ack-reuse")) progress.acked_round = read_queue_.round();
  if (reply.success) {
    progress.accepted(reply.match, log_.base().index);
    advance_commit_as_leader();
    if (role_ != Role::kLeader) return;  // the commit removed this leader from the configuration
  } else {
    // A late refusal from before the log was replicated again only causes one more probe.
    if (reply.lost && reply.rejected <= progress.match()) progress.forget_match(last);
    progress.refused(reply.rejected, next_to_try(reply));
    if (progress.transfer) progress.transfer->alive(now_, config_.heartbeat_interval);
  }
  confirm_reads();
}

Index Raft::Impl::next_to_try(const AppendEntriesReply& refusal) const {
  // The optimisation at the end of 5.3: each round trip skips a whole term instead of one entry.
  // Term 0: the follower's log ends before the rejected index.
  if (refusal.conflict.term == Term{0}) return refusal.conflict.index;
  const auto known = log_.last_with_term_at_most(refusal.conflict.term, refusal.rejected);
  // All entries known here have later terms than the follower's entry at that index, so the
  // follower has none of them: it needs the snapshot.
  if (!known) return log_.base().index;
  const Index same = *known;
  // This log has the conflicting term too: the logs may match up to its last entry here.
  if (log_.term(same) == refusal.conflict.term) return same.next();
  // This log does not have that term, so no entry of it can match. Nor can the entries of later
  // terms here: at those indexes the follower has that term or ends.
  return std::min(refusal.conflict.index, same.next());
}

void Raft::Impl::advance_commit_as_leader() {
  if (role_ != Role::kLeader) return;
  // The leader counts itself only for what its own disk holds, like a follower (thesis 10.2.1,
  // M-28). If it counted unsynced entries, an entry on one follower's disk of three could be
  // committed, and a crash of the leader would leave it on a minority.
  const Index own = SEEDED_BUG("leader-counts-unsynced") ? log_.last().index : log_.stable();
  const Index durable = reached(own, [](const Progress& progress) { return progress.match(); });
  // 5.4.2: only an entry of the current term is committed by counting replicas; earlier ones are
  // committed with it. In Figure 8 (c) an entry of term 2 is on a majority and yet overwritten in
  // (d), because a node without it, but with an entry of term 3, can still be elected.
  const bool of_this_term = log_.term(durable) == hard_state_.term;
  if (durable > commit_ && (of_this_term || SEEDED_BUG("commit-prior-term"))) {
    advance_commit(durable);
  }
  offer_leadership();
  advance_change();
}

void Raft::Impl::advance_commit(Index to) {
  CHECK(to > commit_ && to <= log_.last().index, "the commit index grows within the log (5.3)");
  commit_ = to;
  if (!notice_waits_) notice_due_ = now_ + config_.commit_notice_delay;
  trace_.add(TraceKind::kCommit, hard_state_.term, role_, log_, commit_);
}

}  // namespace capsize::raft

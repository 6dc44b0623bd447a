// The leader's half of log replication (paper 5.3) and the commit rule (5.4.2).

#include <algorithm>

#include "base/check.h"
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
  // Thesis 6.2: a leader that a majority has not answered for an election timeout is none. After a
  // long stop every answer is old, so it steps down before it does anything else.
  if (config_.check_quorum && now_ > heard_from_majority_at() + config_.election_timeout_max) {
    become_follower(hard_state_.term, kNobody);
    return;
  }
  // It may still send heartbeats, but nothing that it must remember: better another one leads.
  if (disk_hangs()) {
    become_follower(hard_state_.term, kNobody);
    return;
  }
  if (transfer_ && now_ >= transfer_->deadline) transfer_.reset();
  advance_change();
  if (role_ != Role::kLeader || now_ < next_heartbeat_) return;
  next_heartbeat_ = now_ + config_.heartbeat_interval;
  let_go();
  for (auto& [peer, progress] : peers_) progress.heartbeat_due = true;
  if (transfer_) transfer_->offered = false;  // the offer may be lost
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
  const Index last = log_.last().index;
  while (progress.next() <= last && progress.may_send_entries(config_.append_window_bytes)) {
    send_append(to, progress,
                log_.slice(progress.next(), config_.append_entries_max, config_.append_bytes_max));
  }
  // At most one empty one: a heartbeat that is due, a read round, or a commit index that nothing
  // else carries. What a probing follower may commit is not known, so it is told by heartbeats.
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
  // Nobody can have matched, refused or heard what was never sent.
  if (reply.match > last || reply.rejected > last) return;
  if (reply.read_round > read_queue_.round()) return;
  const auto peer = peers_.find(message.from);
  if (peer == peers_.end()) return;  // let go
  Progress& progress = peer->second;
  progress.heard = now_;
  progress.acked_round = std::max(progress.acked_round, reply.read_round);
  if (reply.success) {
    progress.accepted(reply.match, log_.base().index);
    advance_commit_as_leader();
    if (role_ != Role::kLeader) return;  // removed by what was just committed
  } else {
    // An older refusal that comes late only makes it probe once more.
    if (reply.lost && reply.rejected <= progress.match()) progress.forget_match(last);
    progress.refused(reply.rejected, next_to_try(reply));
    if (progress.transfer) progress.transfer->alive(now_, config_.heartbeat_interval);
  }
  confirm_reads();
}

Index Raft::Impl::next_to_try(const AppendEntriesReply& refusal) const {
  // 5.3, the optimisation at its end: a whole term a round trip instead of an entry.
  if (refusal.conflict.term == Term{0}) return refusal.conflict.index;  // its log ends before
  const auto known = log_.last_with_term_at_most(refusal.conflict.term, refusal.rejected);
  // It cannot even have the first entry known here: that is of a later term than what it has there.
  if (!known) return log_.base().index;
  const Index same = *known;
  // Where this log has that term too, the logs may meet at its last entry here.
  if (log_.term(same) == refusal.conflict.term) return same.next();
  // It has not: everything of that term must go, and what is of a later term here cannot be there.
  return std::min(refusal.conflict.index, same.next());
}

void Raft::Impl::advance_commit_as_leader() {
  if (role_ != Role::kLeader) return;
  // The leader counts itself by what its own disk holds, like everybody else (thesis 10.2.1, M-28).
  const Index durable =
      reached(log_.stable(), [](const Progress& progress) { return progress.match(); });
  // 5.4.2: only an entry of the own term commits by counting; older ones commit with it (Figure 8).
  if (durable > commit_ && log_.term(durable) == hard_state_.term) advance_commit(durable);
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

// Log compaction (paper section 7): own snapshots, and both halves of InstallSnapshot.

#include <utility>

#include "base/check.h"
#include "base/crc32c.h"
#include "node/bugs/seeded_bug.h"
#include "node/raft/raft_impl.h"

namespace capsize::raft {
bool Raft::Impl::may_begin_snapshot() const {
  // With a seeded bug entries that were applied may be gone from the log.
  if (ANY_SEEDED_BUG() && applied_ > log_.last().index) return false;
  // A learner that has not yet applied a configuration entry could not put a configuration into its
  // snapshot, and every node refuses a snapshot without one.
  return !snapshot_begun_ && applied_ > snapshot_.last.id.index &&
         !configurations_.at(applied_).empty();
}

SnapshotBegun Raft::Impl::begin_snapshot() {
  CHECK(may_begin_snapshot(), "one snapshot at a time, and each has more entries than the last");
  CHECK(!log_.has_untaken() && !hard_state_dirty_, "all earlier batches were taken");
  snapshot_begun_ = true;
  trace_.add(TraceKind::kSnapshotBegin, hard_state_.term, role_, log_, applied_);
  Index end = applied_;
  if (SEEDED_BUG("snapshot-off-by-one") && end.previous() > log_.base().index) end = end.previous();
  const LogPoint last{{*log_.term(end), end}, log_.hash(end)};
  return {{last, nullptr, configurations_.at(end)}, taken_};
}

void Raft::Impl::snapshot_saved(Snapshot snapshot) {
  CHECK(std::exchange(snapshot_begun_, false), "only a snapshot that was begun can be saved");
  CHECK(snapshot.state->size() <= kSnapshotBytesMax, "a snapshot has at most kSnapshotBytesMax");
  const Index last = snapshot.last.id.index;
  // A newer snapshot of the leader may have been installed in the meantime.
  if (last <= snapshot_.last.id.index) return;
  // The entries up to its end are gone if a snapshot went back in the meantime.
  if (SEEDED_BUG("snapshot-goes-back") && last > applied_) return;
  trace_.add(TraceKind::kSnapshot, hard_state_.term, role_, log_, last);
  use_snapshot(std::move(snapshot));
  log_.compact(margin_begin(last));
  configurations_.compact(log_.base().index);
}

// Keeps up to compaction_margin entries before the snapshot's end in memory. Without the margin
// each snapshot would leave followers that lag by one round trip in need of the snapshot.
Index Raft::Impl::margin_begin(Index end) const {
  Index begin = end;
  std::uint64_t bytes = 0;
  while (begin > log_.base().index && end - begin < config_.compaction_margin) {
    bytes += log_.at(begin).payload->size();
    if (bytes > config_.compaction_margin_bytes) break;
    begin = Index{begin.value() - 1};
  }
  return begin;
}

void Raft::Impl::use_snapshot(Snapshot snapshot) {
  snapshot_checksum_ = base::crc32c(*snapshot.state);
  snapshot_ = std::move(snapshot);
}

void Raft::Impl::replicate_snapshot(NodeId to, Progress& progress) {
  // A finished transfer does not help if this log was compacted beyond it in the meantime: start
  // one of the current snapshot. A running transfer continues, though a newer snapshot may exist:
  // with frequent snapshots a transfer that restarts each time would never finish.
  if (!progress.transfer || progress.transfer->last().index <= progress.match()) {
    CHECK(snapshot_.last.id.index >= log_.base().index, "compacted entries are in the snapshot");
    progress.transfer.emplace(snapshot_, snapshot_checksum_);
  }
  // Heartbeats continue and name the base as the previous entry. A follower that has it accepts,
  // and no longer needs the snapshot; a refusal shows that the follower is alive.
  if (progress.heartbeat_due || progress.sent_round < read_queue_.round()) {
    progress.heartbeat_due = false;
    progress.sent_round = read_queue_.round();
    send(to, AppendEntries{log_.base(), commit_, read_queue_.round(), {}});
  }
  if (progress.transfer->piece_due()) {
    send(to, progress.transfer->take_piece(config_.snapshot_piece_bytes, now_));
  }
}

void Raft::Impl::on_install_snapshot_reply(const Message& message,
                                           const InstallSnapshotReply& reply) {
  if (role_ != Role::kLeader || reply.last.index > snapshot_.last.id.index) return;
  const auto peer = peers_.find(message.from);
  if (peer == peers_.end()) return;  // no longer a member
  Progress& progress = peer->second;
  progress.heard = now_;
  if (reply.installed) {
    progress.accepted(reply.last.index, log_.base().index);
    advance_commit_as_leader();
  } else if (progress.transfer && progress.transfer->last() == reply.last) {
    progress.transfer->wants(reply.wanted);
  }
}

void Raft::Impl::on_install_snapshot(const Message& message, const InstallSnapshot& piece) {
  CHECK(role_ != Role::kLeader || ANY_SEEDED_BUG(), "one leader per term (5.2)");
  become_follower(message.term, message.from);
  leader_heard_ = now_;
  reset_election_timer();
  InstallSnapshotReply reply{piece.last.id, 0, true};
  // A snapshot up to a committed entry is acknowledged but not installed (NuRaft 407): this node
  // has all of it, and a late copy must not reset the state machine to an older state.
  if (piece.last.id.index > commit_ || SEEDED_BUG("snapshot-goes-back")) {
    switch (incoming_.add(piece, message.term)) {
      case IncomingSnapshot::Result::kStale:
        return;
      case IncomingSnapshot::Result::kWantMore:
        reply.wanted = incoming_.wanted();
        reply.installed = false;
        send(message.from, reply);
        return;
      case IncomingSnapshot::Result::kComplete:
        // The state machine cannot restore the content, so no leader of this version has sent it.
        if (config_.accepts_state && !config_.accepts_state(incoming_.content())) {
          incoming_.forget();
          return;
        }
        install(incoming_.take());
    }
  }
  send_when_durable(message.from, reply, piece.last.id.index);
}

// Log, configurations, commit index and state machine change in one step. The batch that
// take_ready() returns next makes them durable, and the acknowledgement waits for it.
void Raft::Impl::install(Snapshot snapshot) {
  log_.install(snapshot.last, commit_);
  configurations_.install(snapshot.last.id.index, snapshot.configuration,
                          log_.last().index > snapshot.last.id.index);
  commit_ = delivered_ = applied_ = snapshot.last.id.index;
  trace_.add(TraceKind::kInstall, hard_state_.term, role_, log_, commit_);
  restore_ = snapshot;
  snapshot_to_write_ = snapshot;
  use_snapshot(std::move(snapshot));
}

}  // namespace capsize::raft

// Builds each Ready: what is sent at once, and what waits for the disk first.

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "node/bugs/seeded_bug.h"
#include "node/raft/raft_impl.h"

namespace capsize::raft {

std::vector<Message> AfterSync::release(const SyncReceipt& receipt) && {
  CHECK(receipt.token() >= token_, "a promise is sent only after the sync that it depends on");
  return std::move(messages_);
}

void Raft::Impl::send(NodeId to, MessageBody body) {
  send_as(hard_state_.term, to, std::move(body));
}

void Raft::Impl::send_as(Term term, NodeId to, MessageBody body) {
  auto& queue = hard_state_durable() ? messages_ : waiting_for_disk_;
  queue.push_back({id_, to, term, std::move(body)});
}

void Raft::Impl::send_when_durable(NodeId to, MessageBody body, Index index) {
  const bool on_disk = index <= log_.stable() || SEEDED_BUG("follower-ack-before-sync");
  auto& queue = hard_state_durable() && on_disk ? messages_ : waiting_for_disk_;
  queue.push_back({id_, to, hard_state_.term, std::move(body)});
}

void Raft::Impl::persisted(const SyncReceipt& receipt) {
  CHECK(receipt.token() <= taken_, "only batches that were taken can be on disk");
  if (receipt.token() <= synced_) return;
  synced_ = receipt.token();
  disk_moved_ = now_;
  log_.synced(synced_);
  count_own_vote();
  advance_commit_as_leader();
}

Index Raft::Impl::end_to_apply() const {
  Index end = commit_;
  if (SEEDED_BUG("apply-at-propose") && role_ == Role::kLeader) end = log_.last().index;
  // With a seeded bug committed entries may be gone from the log, and the state machine cannot undo
  // what it has applied.
  if (ANY_SEEDED_BUG()) end = std::max(delivered_, std::min(end, log_.last().index));
  return std::min(end, delivered_ + kCommittedMax);
}

// The order matters: read requests must be queued before the round that they join begins, the round
// must have begun before the heartbeats that carry it are built, and messages must have been queued
// before collect_persist() decides which of them wait for the disk.
Ready Raft::Impl::take_ready() {
  Ready ready;
  request_read_indexes();
  begin_read_round();
  replicate_to_all();
  collect_persist(ready);
  ready.messages = std::exchange(messages_, {});
  ready.restore = std::exchange(restore_, {});
  const Index end = end_to_apply();
  CHECK(end >= delivered_, "no entry is applied twice, and none is undone (5.3)");
  if (end > delivered_) ready.committed = log_.between(delivered_, end);
  delivered_ = end;
  collect_reads(ready);
  ready.change = std::exchange(change_outcome_, std::nullopt);
  ready.trace = trace_.take();
  return ready;
}

void Raft::Impl::collect_persist(Ready& ready) {
  const bool nothing_to_write = !hard_state_dirty_ && !log_.has_untaken() && !snapshot_to_write_;
  if (nothing_to_write && waiting_for_disk_.empty()) return;
  if (nothing_to_write && synced_ == taken_) {
    // The receipt arrived after these messages were queued: all that they promise is on disk.
    for (Message& message : waiting_for_disk_) messages_.push_back(std::move(message));
    waiting_for_disk_.clear();
    return;
  }
  // The disk was idle: start measuring how long it takes (disk_hangs).
  if (synced_ == taken_) disk_moved_ = now_;
  ++taken_;
  PersistBatch batch{taken_, std::nullopt, log_.take_unstable(taken_)};
  if (hard_state_dirty_) {
    batch.hard_state = hard_state_;
    hard_state_dirty_ = false;
    hard_state_token_ = taken_;
    // With this bug the term is written here, and the vote with the next batch.
    if (SEEDED_BUG("term-vote-two-writes")) batch.hard_state->vote = kNoNode;
  } else if (SEEDED_BUG("term-vote-two-writes")) {
    batch.hard_state = hard_state_;
  }
  batch.snapshot = std::exchange(snapshot_to_write_, {});
  ready.persist = std::move(batch);
  ready.after_sync = AfterSync(taken_);
  for (Message& message : std::exchange(waiting_for_disk_, {})) {
    ready.after_sync.add(std::move(message));
  }
}

}  // namespace capsize::raft

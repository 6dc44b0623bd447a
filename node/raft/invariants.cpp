#include "node/raft/invariants.h"

#include "base/check.h"

namespace capsize::raft {

void Invariants::check(const NodeView& now) {
  check_one(now);
  if (!first_) check_log(now);
  check_progress(now);
  remember(now);
}

void Invariants::check_one(const NodeView& now) const {
  CHECK(now.applied <= now.delivered && now.delivered <= now.commit,
        "applied <= delivered <= commit");
  CHECK(now.log->base().index <= now.snapshot && now.snapshot <= now.applied,
        "base <= snapshot <= applied (7)");
  CHECK(now.commit <= now.log->last().index, "only entries of the log are committed");
  CHECK(now.log->stable() <= now.log->last().index, "only entries of the log are durable");
  CHECK(now.log->last().term <= now.hard_state.term, "no entry is from a later term");
  CHECK((now.role == Role::kLeader) == (now.leader == now.id), "a leader knows that it leads");
  CHECK(now.role == Role::kFollower || now.role == Role::kPreCandidate ||
            now.hard_state.vote == now.id,
        "candidates and leaders have voted for themselves (5.2)");
  if (first_) return;
  CHECK(now.hard_state.term >= hard_state_.term, "the term never decreases (5.1)");
  CHECK(now.hard_state.term > hard_state_.term || hard_state_.vote == kNoNode ||
            now.hard_state.vote == hard_state_.vote,
        "one vote per term, and it never changes (5.2)");
  CHECK(now.role != Role::kLeader || role_ == Role::kLeader || role_ == Role::kCandidate,
        "only a candidate becomes leader (5.2)");
  CHECK(now.commit >= commit_, "the commit index never decreases (5.3)");
  CHECK(now.snapshot >= snapshot_, "a snapshot never goes back (7)");
  CHECK(now.applied >= applied_, "the applied index never decreases (5.3)");
}

void Invariants::check_log(const NodeView& now) const {
  // Entries that were compacted since the last call cannot be compared.
  CHECK(commit_ < now.log->base().index || now.log->hash(commit_) == commit_hash_,
        "a committed entry never changes (5.4.3)");
  if (now.role == Role::kLeader && role_ == Role::kLeader &&
      now.hard_state.term == hard_state_.term) {
    CHECK(now.log->last() >= last_ && now.log->hash(last_.index) == last_hash_,
          "a leader never overwrites or deletes entries of its log (5.3, leader append-only)");
  }
}

void Invariants::check_progress(const NodeView& now) {
  if (now.role != Role::kLeader || now.hard_state.term != hard_state_.term) match_.clear();
  if (now.role != Role::kLeader) return;
  // A member that was removed and added again may have lost its disk in between.
  std::erase_if(match_, [&](const auto& known) { return !now.peers->contains(known.first); });
  for (const auto& [peer, progress] : *now.peers) {
    Match& match = match_[peer];
    CHECK(progress.match() >= match.index || progress.losses() > match.losses,
          "match never decreases within a leadership (5.3), unless the follower lost its log");
    CHECK(progress.next() > progress.match(), "next is above match (5.3)");
    CHECK(progress.match() <= now.log->last().index, "a follower matches only what the leader has");
    match = {progress.match(), progress.losses()};
  }
}

void Invariants::remember(const NodeView& now) {
  first_ = false;
  hard_state_ = now.hard_state;
  role_ = now.role;
  last_ = now.log->last();
  commit_ = now.commit;
  applied_ = now.applied;
  snapshot_ = now.snapshot;
  last_hash_ = now.log->hash(last_.index);
  commit_hash_ = now.log->hash(commit_);
}

}  // namespace capsize::raft

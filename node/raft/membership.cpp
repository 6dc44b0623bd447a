// Membership changes by joint consensus (paper section 6, thesis chapter 4), on the leader.
//
// The rules that all nodes follow are elsewhere: the latest configuration in the log is active,
// even after a truncation (configuration.h); it determines majorities (quorum.h); a node without a
// vote in it does not campaign (election.cpp).

#include <utility>

#include "base/check.h"
#include "node/bugs/seeded_bug.h"
#include "node/raft/raft_impl.h"

namespace capsize::raft {

Refusal Raft::Impl::change_members(std::vector<NodeId> voters) {
  CHECK(is_voter_set(voters), "a configuration has distinct voters in ascending order");
  if (role_ != Role::kLeader) return Refusal::kNotLeader;
  // Only after an entry of the own term is committed (Ongaro, raft-dev, 2015). Otherwise an
  // uncommitted configuration of an earlier leader and one of this leader could each be committed
  // by a majority, with no node in both majorities.
  if (commit_ < term_start_ && !SEEDED_BUG("member-no-own-term-commit")) return Refusal::kTooEarly;
  const bool settled = !latest().joint() && configurations_.latest_index() <= commit_;
  const bool in_progress = change_ || transfer_ || !settled;
  if (in_progress && !SEEDED_BUG("member-two-in-flight")) return Refusal::kInProgress;
  if (voters == latest().voters) return Refusal::kNoChange;

  change_.emplace(MembershipChange{std::move(voters), {}, false});
  const Index last = log_.last().index;
  for (const NodeId voter : change_->voters) {
    if (latest().has_voter(voter)) continue;
    change_->newcomers.emplace(voter, CatchUp(last, now_));
    peers_.try_emplace(voter, Progress(last, now_));  // may still be there as a departing member
  }
  advance_change();
  return Refusal::kNone;
}

void Raft::Impl::advance_change() {
  if (role_ != Role::kLeader) return;
  if (change_ && !change_->appended && newcomers_caught_up()) {
    change_->appended = true;
    // Both bugs are of changes by single nodes without a joint configuration (thesis 4.1), which
    // depend on the rules that the bugs break. Joint consensus is safe without them.
    const bool single =
        SEEDED_BUG("member-no-own-term-commit") || SEEDED_BUG("member-two-in-flight");
    append_configuration({change_->voters, single ? std::vector<NodeId>{} : latest().voters});
  }
  if (configurations_.latest_index() > commit_) return;
  if (latest().joint()) {
    // C_old,new is committed, so C_new can be appended. Any leader does it: the one that began the
    // change may have crashed.
    append_configuration({latest().voters, {}});
  } else if (change_ && change_->appended) {
    finish_change(ChangeOutcome::kCommitted);
  }
  if (!latest().joint() && configurations_.latest_index() <= commit_ && !latest().has_voter(id_)) {
    leave();
  }
}

bool Raft::Impl::newcomers_caught_up() {
  // A newcomer that is silent for this long counts as absent. The change must end at some point: no
  // other one can begin before.
  const base::Duration silence_max = config_.election_timeout_max * kCatchUpRoundsMax;
  const Index last = log_.last().index;
  for (auto newcomer = change_->newcomers.begin(); newcomer != change_->newcomers.end();) {
    const Progress& progress = peers_.at(newcomer->first);
    const auto state =
        newcomer->second.observe(progress.match(), last, now_, config_.election_timeout_min);
    if (state == CatchUp::Progress::kTooSlow || now_ > progress.heard + silence_max) {
      finish_change(ChangeOutcome::kNotCaughtUp);
      return false;
    }
    newcomer = state == CatchUp::Progress::kCaughtUp ? change_->newcomers.erase(newcomer)
                                                     : std::next(newcomer);
  }
  return change_->newcomers.empty();
}

void Raft::Impl::finish_change(ChangeOutcome outcome) {
  change_outcome_ = outcome;
  change_.reset();
}

void Raft::Impl::append_configuration(const Configuration& configuration) {
  append_own(EntryType::kConfiguration, std::make_shared<const std::string>(encode(configuration)));
  for (const NodeId member : latest().members()) {
    if (member != id_) peers_.try_emplace(member, Progress(log_.last().index, now_));
  }
}

void Raft::Impl::remove_departed_peers() {
  // A removed member receives entries until it can know that it was removed; it then no longer
  // campaigns. A silent one never learns of it; pre-vote and stickiness keep it from disrupting the
  // cluster (thesis 4.2.3).
  const Index removed_at = configurations_.latest_index();
  if (removed_at > commit_) return;
  std::erase_if(peers_, [&](const auto& peer) {
    const auto& [node, progress] = peer;
    if (latest().has_voter(node) || (change_ && change_->newcomers.contains(node))) return false;
    if (change_ && !change_->appended &&
        std::binary_search(change_->voters.begin(), change_->voters.end(), node)) {
      return false;  // has caught up, and waits for the other newcomers
    }
    const bool informed = progress.match() >= removed_at && progress.sent_commit >= removed_at &&
                          !progress.heartbeat_due;
    return informed || now_ > progress.heard + config_.election_timeout_max;
  });
}

void Raft::Impl::leave() {
  // C_new without this leader is committed: it steps down (thesis 4.2.2). It transfers leadership
  // to the voter with the longest matching log, so that the cluster need not wait for an election
  // timeout.
  NodeId successor = kNoNode;
  Index most;
  for (const NodeId voter : latest().voters) {
    const Index match = peers_.at(voter).match();
    if (successor != kNoNode && match <= most) continue;
    successor = voter;
    most = match;
  }
  lease_.revoke();
  replicate_to_all();  // with the commit index, so that the voters know that C_new is committed
  send(successor, TimeoutNow{});
  become_follower(hard_state_.term, kNoNode);
}

}  // namespace capsize::raft

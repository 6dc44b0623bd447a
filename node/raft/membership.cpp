// Membership changes by joint consensus (paper section 6, thesis chapter 4), on the leader.
//
// What every node does with a configuration, whoever wrote it, is elsewhere: the latest one in the
// log is in force (configuration.h), also when it is cut again; majorities are counted in it
// (quorum.h); a node without a vote in it does not campaign (election.cpp).

#include <utility>

#include "base/check.h"
#include "node/raft/raft_impl.h"

namespace capsize::raft {

Refusal Raft::Impl::change_members(std::vector<NodeId> voters) {
  CHECK(is_voter_set(voters), "a configuration has voters, ascending, none twice");
  if (role_ != Role::kLeader) return Refusal::kNotLeader;
  // Two leaders that each begin from a configuration of their own could otherwise commit with
  // majorities that do not meet.
  if (commit_ < term_start_) return Refusal::kTooEarly;
  const bool settled = !latest().joint() && configurations_.latest_index() <= commit_;
  if (change_ || transfer_ || !settled) return Refusal::kInProgress;
  if (voters == latest().voters) return Refusal::kNoChange;

  change_.emplace(MembershipChange{std::move(voters), {}, false});
  const Index last = log_.last().index;
  for (const NodeId voter : change_->voters) {
    if (latest().has_voter(voter)) continue;
    change_->newcomers.emplace(voter, CatchUp(last, now_));
    peers_.try_emplace(voter, Progress(last, now_));  // it may just be let go
  }
  advance_change();
  return Refusal::kNone;
}

void Raft::Impl::advance_change() {
  if (role_ != Role::kLeader) return;
  if (change_ && !change_->appended && newcomers_caught_up()) {
    change_->appended = true;
    append_configuration({change_->voters, latest().voters});
  }
  if (configurations_.latest_index() > commit_) return;
  if (latest().joint()) {
    // Also the change of an earlier leader, which may be dead: somebody has to end it.
    append_configuration({latest().voters, {}});
  } else if (change_ && change_->appended) {
    finish_change(ChangeOutcome::kCommitted);
  }
  if (!latest().joint() && configurations_.latest_index() <= commit_ && !latest().has_voter(id_)) {
    leave();
  }
}

bool Raft::Impl::newcomers_caught_up() {
  // Nobody answers for so long: it is not there, and the cluster must not wait for it for ever.
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

void Raft::Impl::let_go() {
  // Whoever was removed is sent entries until it can know that it was: then it waits quietly. One
  // that is silent cannot be told, and is kept off by pre-votes and stickiness (thesis 4.2.3).
  const Index removed_at = configurations_.latest_index();
  if (removed_at > commit_) return;
  std::erase_if(peers_, [&](const auto& peer) {
    const auto& [node, progress] = peer;
    if (latest().has_voter(node) || (change_ && change_->newcomers.contains(node))) return false;
    if (change_ && !change_->appended &&
        std::binary_search(change_->voters.begin(), change_->voters.end(), node)) {
      return false;  // caught up, and waits for the others
    }
    const bool told = progress.match() >= removed_at && progress.sent_commit >= removed_at &&
                      !progress.heartbeat_due;
    return told || now_ > progress.heard + config_.election_timeout_max;
  });
}

void Raft::Impl::leave() {
  // The cluster goes on without this node, which managed it up to here without counting itself
  // (thesis 4.2.2). Whoever has most of the log need not wait for a timeout.
  NodeId heir = kNobody;
  Index most;
  for (const NodeId voter : latest().voters) {
    const Index match = peers_.at(voter).match();
    if (heir != kNobody && match <= most) continue;
    heir = voter;
    most = match;
  }
  lease_.give_up();
  replicate_to_all();  // the commit index goes with it
  send(heir, TimeoutNow{});
  become_follower(hard_state_.term, kNobody);
}

}  // namespace capsize::raft

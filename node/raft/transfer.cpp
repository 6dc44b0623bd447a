// Leadership transfer (thesis 3.10): stop taking writes, bring the target up to date, tell it to
// campaign at once. If that does not succeed within an election timeout, go on as before.

#include "node/raft/raft_impl.h"

namespace capsize::raft {

Refusal Raft::Impl::transfer_leadership(NodeId to) {
  if (role_ != Role::kLeader) return Refusal::kNotLeader;
  if (transfer_ || change_ || latest().joint()) return Refusal::kInProgress;
  if (to == id_) return Refusal::kNoChange;
  if (!latest().has_voter(to)) return Refusal::kNotAMember;
  transfer_.emplace(Transfer{to, now_ + config_.election_timeout_max, false});
  trace_.transfer(hard_state_.term, role_, to);
  offer_leadership();
  return Refusal::kNone;
}

void Raft::Impl::offer_leadership() {
  if (!transfer_ || transfer_->offered) return;
  if (peers_.at(transfer_->to).match() < log_.last().index) return;
  transfer_->offered = true;
  // The others will vote without waiting for their patience with this leader to end.
  lease_.give_up();
  send(transfer_->to, TimeoutNow{});
}

void Raft::Impl::on_timeout_now(const Message& message) {
  if (message.from != leader_ || !latest().has_voter(id_)) return;
  become_candidate(/*transfer=*/true);
}

}  // namespace capsize::raft

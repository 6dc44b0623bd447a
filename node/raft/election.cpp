// Leader election (paper 5.2, 5.4.1), pre-vote (thesis 9.6), check quorum (thesis 6.2) and leader
// stickiness (thesis 4.2.3). Each of the last three has its switch; whatever the combination, a
// refusal always names a higher term to the one that lags, in both directions, so nobody is stuck.
// And leadership transfer (thesis 3.10), which makes a chosen node campaign.
#include <utility>

#include "base/check.h"
#include "node/raft/raft_impl.h"

namespace capsize::raft {

void Raft::Impl::reset_election_timer() {
  // Drawn anew each time (5.2): two nodes that tied once must not tie for ever (M-12).
  election_deadline_ =
      now_ + random_.between(config_.election_timeout_min, config_.election_timeout_max);
  overslept_ = false;
}

void Raft::Impl::on_election_timeout() {
  if (now_ < election_deadline_) return;
  // Called much later than asked for: this process was stopped, and a leader's messages may wait
  // unread. One more timeout lets them be heard; a second late call campaigns all the same.
  if (!overslept_ && now_ > election_deadline_ + config_.election_timeout_max) {
    reset_election_timer();
    overslept_ = true;
    return;
  }
  if (!may_campaign() || disk_hangs()) {
    reset_election_timer();
    return;
  }
  if (config_.pre_vote) {
    become_pre_candidate();
  } else {
    become_candidate();
  }
}

bool Raft::Impl::may_campaign() const {
  if (lost_ > Index{0}) return false;
  if (latest().has_voter(id_)) return true;
  // Thesis 4.2.2: removed, but perhaps by an entry that only the removed ones have. Then none of
  // the others can be elected, and one of these must be, to commit it with their votes.
  return configurations_.latest_index() > commit_ && configurations_.previous().has_voter(id_);
}

void Raft::Impl::become_pre_candidate() {
  set_role(Role::kPreCandidate);
  set_leader(kNobody);
  reset_election_timer();
  votes_ = VoteTally(latest());
  ask_for_votes({.pre_vote = true, .last = log_.last()});
  // Nothing is promised by a pre-vote, so the own one needs no disk.
  votes_.record(id_, true);
  act_on_tally();
}

void Raft::Impl::become_candidate(bool transfer) {
  set_leader(kNobody);
  set_term(hard_state_.term.next(), id_);
  set_role(Role::kCandidate);
  reset_election_timer();
  votes_ = VoteTally(latest());
  ask_for_votes({.last = log_.last(), .transfer = transfer});
}

void Raft::Impl::ask_for_votes(const RequestVote& request) {
  const Term asked = request.pre_vote ? hard_state_.term.next() : hard_state_.term;
  for (const NodeId voter : latest().members()) {
    if (voter != id_) send_as(asked, voter, request);
  }
}

void Raft::Impl::count_own_vote() {
  // The own vote is a vote: it counts when it is on disk (Figure 2, persistent state).
  if (role_ != Role::kCandidate || !hard_state_durable()) return;
  votes_.record(id_, true);
  act_on_tally();
}

void Raft::Impl::act_on_tally() {
  if (votes_.result() != VoteResult::kWon) return;  // lost or open: the timer tries again
  if (role_ == Role::kPreCandidate) {
    become_candidate();
  } else if (role_ == Role::kCandidate) {
    become_leader();
  }
}

void Raft::Impl::become_leader() {
  set_role(Role::kLeader);
  set_leader(id_);
  peers_.clear();
  for (const NodeId voter : latest().members()) {
    if (voter != id_) peers_.emplace(voter, Progress(log_.last().index, now_));
  }
  lease_ = {};
  next_heartbeat_ = now_ + config_.heartbeat_interval;
  // An entry of this term, at once (paper section 8): without one nothing older may be counted
  // (5.4.2) and no read may be answered. In the log of a new cluster it is the configuration, so
  // that whoever has the log knows who wrote it, newcomers too; otherwise it says nothing.
  static const Bytes kNothing = std::make_shared<const std::string>();
  const bool new_cluster = log_.last().index == Index{0};
  if (new_cluster) {
    append_configuration(latest());
  } else {
    append_own(EntryType::kNoop, kNothing);
  }
  term_start_ = log_.last().index;
}

bool Raft::Impl::disk_hangs() const {
  return synced_ < taken_ && now_ > disk_moved_ + config_.election_timeout_max;
}

bool Raft::Impl::trusts_a_leader() const {
  if (!config_.leader_stickiness) return false;
  // An earlier life may have granted a lease that still runs, and has taken its memory with it.
  if (config_.lease_reads_assume_bounded_clock_drift &&
      now_ < started_ + config_.election_timeout_min) {
    return true;
  }
  // A leader trusts itself only as long as a majority answers it; otherwise one that nobody can
  // reach any more would refuse its successor for ever (M-91).
  const base::Instant heard = role_ == Role::kLeader ? heard_from_majority_at() : leader_heard_;
  return leader_ != kNobody && now_ < heard + config_.election_timeout_min;
}

base::Instant Raft::Impl::heard_from_majority_at() const {
  return reached(now_, [](const Progress& progress) { return progress.heard; });
}

void Raft::Impl::on_request_vote(const Message& message, const RequestVote& request) {
  const Term round = message.term;
  // 5.4.1, and no help at all from a node that lost what it had acknowledged.
  const bool qualified = log_.is_up_to_date(request.last) && lost_ == Index{0};
  if (request.pre_vote) {
    // Answers "would you?". Neither term, vote nor timer changes: a granted pre-vote that counted
    // as news of a leader would keep stickiness alive for ever (M-93, M-03).
    const bool granted = round > hard_state_.term && qualified && !trusts_a_leader();
    send(message.from, RequestVoteReply{true, round, granted});
    return;
  }
  if (round > hard_state_.term) {
    // 4.2.3: neither granted nor taken as a reason to change the term.
    if (!request.transfer && trusts_a_leader()) return;
    become_follower(round, kNobody);
  }
  const bool free = hard_state_.vote == kNobody || hard_state_.vote == message.from;
  const bool granted = round == hard_state_.term && free && qualified;
  if (granted) {
    become_follower(round, leader_);  // a pre-candidate of this very term steps back
    set_term(round, message.from);
    reset_election_timer();
  }
  send(message.from, RequestVoteReply{false, round, granted});
}

void Raft::Impl::on_request_vote_reply(const Message& message, const RequestVoteReply& reply) {
  // A reply counts for the very round it answers: kind and term (M-04).
  const bool pre_vote = role_ == Role::kPreCandidate;
  if (!pre_vote && role_ != Role::kCandidate) return;
  if (reply.pre_vote != pre_vote) return;
  if (reply.round != (pre_vote ? hard_state_.term.next() : hard_state_.term)) return;
  votes_.record(message.from, reply.granted);
  act_on_tally();
}

// Leadership transfer (thesis 3.10): stop taking writes, bring the target up to date, tell it to
// campaign at once. If that does not succeed within an election timeout, go on as before.

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
  if (message.from != leader_ || !latest().has_voter(id_) || lost_ > Index{0}) return;
  become_candidate(/*transfer=*/true);
}

}  // namespace capsize::raft

// Leader election (paper 5.2, 5.4.1), pre-vote (thesis 9.6), check quorum (thesis 6.2), leader
// stickiness (thesis 4.2.3) and leadership transfer (thesis 3.10). Pre-vote, check quorum and
// stickiness can be switched off. In every combination a refusal reveals the higher term to the
// node that lags, whether leader or candidate, so that no node is stuck in an old term.
#include <utility>

#include "base/check.h"
#include "node/bugs/seeded_bug.h"
#include "node/raft/raft_impl.h"

namespace capsize::raft {

void Raft::Impl::reset_election_timer() {
  // Drawn at random each time (5.2): two nodes that split a vote must not split every later one,
  // too (M-12).
  election_deadline_ =
      now_ + (SEEDED_BUG("no-randomised-timeout")
                  ? config_.election_timeout_min
                  : random_.between(config_.election_timeout_min, config_.election_timeout_max));
  woke_late_ = false;
}

void Raft::Impl::on_election_timeout() {
  if (now_ < election_deadline_) return;
  // A call long after the deadline means that this process was stopped (SIGSTOP, a swapped-out
  // machine), and the leader's messages may be waiting unread in its sockets. It waits for one more
  // timeout to read them. A second late call in a row campaigns, so that a slow machine still can.
  if (!woke_late_ && now_ > election_deadline_ + config_.election_timeout_max) {
    reset_election_timer();
    woke_late_ = true;
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
  // Thesis 4.2.2: this node is removed by an entry that may not be committed. If only the removed
  // nodes have that entry, their logs are more up to date than those of the remaining nodes, none
  // of which can then be elected. So a removed node must lead until the entry is committed.
  return configurations_.latest_index() > commit_ && configurations_.previous().has_voter(id_);
}

void Raft::Impl::become_pre_candidate() {
  set_role(Role::kPreCandidate);
  set_leader(kNoNode);
  reset_election_timer();
  votes_ = VoteTally(latest());
  request_votes({.pre_vote = true, .last = log_.last()});
  // A pre-vote promises nothing, so the own one counts without a sync.
  votes_.record(id_, true);
  act_on_tally();
}

void Raft::Impl::become_candidate(bool transfer) {
  set_leader(kNoNode);
  set_term(hard_state_.term.next(), id_);
  set_role(Role::kCandidate);
  reset_election_timer();
  votes_ = VoteTally(latest());
  request_votes({.last = log_.last(), .transfer = transfer});
}

void Raft::Impl::request_votes(const RequestVote& request) {
  const Term asked = request.pre_vote ? hard_state_.term.next() : hard_state_.term;
  const bool asks_removed = SEEDED_BUG("removed-node-counts");
  for (const NodeId voter : asks_removed ? config_.voters : latest().members()) {
    if (voter != id_) send_as(asked, voter, request);
  }
}

void Raft::Impl::count_own_vote() {
  // The own vote counts only once it is on disk (Figure 2, persistent state). Otherwise a candidate
  // of three nodes could win with one other vote, crash, forget its own, and vote for another
  // candidate of the same term: two leaders.
  if (role_ != Role::kCandidate || !hard_state_durable()) return;
  votes_.record(id_, true);
  act_on_tally();
}

void Raft::Impl::act_on_tally() {
  // Lost or pending: the election timer starts the next attempt.
  if (votes_.result() != VoteResult::kWon) return;
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
  // Appends an entry of this term at once (paper section 8): until one is committed, older entries
  // cannot be committed (5.4.2) and no read can be answered. In an empty log it is the initial
  // configuration, so that every copy of the log names the cluster's members, also on newcomers;
  // otherwise it is a no-op.
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
  if (!config_.leader_stickiness || SEEDED_BUG("no-check-quorum")) return false;
  // An earlier incarnation may have acknowledged a leader whose lease is still valid, and this one
  // does not remember it.
  if (config_.lease_reads_assume_bounded_clock_drift &&
      now_ < started_ + config_.election_timeout_min) {
    return true;
  }
  // A leader counts itself as alive only as long as a majority replies to it. Otherwise a leader
  // that can receive but not send would refuse its successor forever (M-91).
  const base::Instant heard = role_ == Role::kLeader ? heard_from_majority_at() : leader_heard_;
  return leader_ != kNoNode && now_ < heard + config_.election_timeout_min;
}

base::Instant Raft::Impl::heard_from_majority_at() const {
  return reached(now_, [](const Progress& progress) { return progress.heard; });
}

bool Raft::Impl::is_qualified(const RequestVote& request) const {
  // A node that lost acknowledged entries grants nothing (recovered.h): its log could make an
  // outdated candidate look up to date.
  if (lost_ > Index{0}) return false;
  if (SEEDED_BUG("vote-ignores-log")) return true;
  if (SEEDED_BUG("prevote-ignores-log") && request.pre_vote) return true;
  if (SEEDED_BUG("vote-compares-length")) return request.last.index >= log_.last().index;
  return log_.is_up_to_date(request.last);  // 5.4.1
}

void Raft::Impl::on_request_vote(const Message& message, const RequestVote& request) {
  const Term round = message.term;
  const bool qualified = is_qualified(request);
  if (request.pre_vote) {
    // Answers "would you vote for me?" and changes neither term, vote nor timer. A granted pre-vote
    // that reset the timer, or counted as contact with a leader, would extend stickiness without
    // end (M-93, M-03).
    const bool granted = round > hard_state_.term && qualified && !trusts_a_leader();
    send(message.from, RequestVoteReply{true, round, granted});
    return;
  }
  if (round > hard_state_.term) {
    // 4.2.3: neither grants the vote nor adopts the term. Otherwise a removed node, which no longer
    // receives heartbeats, would depose each new leader with a higher term.
    if (!request.transfer && trusts_a_leader()) return;
    become_follower(round, kNoNode);
  }
  const bool free = hard_state_.vote == kNoNode || hard_state_.vote == message.from ||
                    (SEEDED_BUG("vote-many-per-term") && role_ == Role::kFollower);
  const bool granted = round == hard_state_.term && free && qualified;
  if (granted) {
    become_follower(round, leader_);  // a pre-candidate of the same term steps back
    set_term(round, message.from);
    reset_election_timer();
  }
  if (SEEDED_BUG("vote-not-durable")) {
    messages_.push_back(
        {id_, message.from, hard_state_.term, RequestVoteReply{false, round, granted}});
    return;
  }
  send(message.from, RequestVoteReply{false, round, granted});
}

void Raft::Impl::on_request_vote_reply(const Message& message, const RequestVoteReply& reply) {
  // A reply counts only for the election that it answers: same kind, same term (M-04).
  const bool pre_vote = role_ == Role::kPreCandidate;
  if (!pre_vote && role_ != Role::kCandidate) return;
  if (reply.pre_vote != pre_vote) return;
  if (reply.round != (pre_vote ? hard_state_.term.next() : hard_state_.term)) return;
  votes_.record(message.from, reply.granted);
  act_on_tally();
}

// Leadership transfer (thesis 3.10): stop accepting writes, bring the target up to date, tell it to
// campaign at once. If it does not lead within an election timeout, resume as before.

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
  // From now on voters may elect the target within the lease, since a transfer ignores stickiness.
  if (!SEEDED_BUG("lease-survives-transfer")) lease_.revoke();
  send(transfer_->to, TimeoutNow{});
}

void Raft::Impl::on_timeout_now(const Message& message) {
  if (message.from != leader_ || !latest().has_voter(id_) || lost_ > Index{0}) return;
  become_candidate(/*transfer=*/true);
}

}  // namespace capsize::raft

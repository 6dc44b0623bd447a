#include "node/raft/raft.h"

#include <algorithm>

#include "base/check.h"
#include "node/bugs/seeded_bug.h"
#include "node/raft/raft_impl.h"

namespace capsize::raft {
namespace {

Config checked(Config config) {
  std::sort(config.voters.begin(), config.voters.end());
  CHECK(config.voters.empty() || is_voter_set(config.voters), "no voter is listed twice");
  CHECK(config.id != kNoNode, "node ids begin at 1");
  CHECK(config.election_timeout_min <= config.election_timeout_max,
        "the range of the election timeout is not empty");
  CHECK(config.heartbeat_interval < config.election_timeout_min,
        "the heartbeat interval is shorter than an election timeout (5.6, timing requirement)");
  CHECK(config.leader_stickiness || !config.lease_reads_assume_bounded_clock_drift,
        "a lease depends on leader stickiness");
  CHECK(config.snapshot_piece_bytes > 0, "an InstallSnapshot carries at least one byte");
  CHECK(config.append_entries_max > 0, "an AppendEntries can carry an entry");
  return config;
}

}  // namespace

Raft::Impl::Impl(Config given, Recovered recovered, base::Instant start)
    : config_(checked(std::move(given))),
      id_(config_.id),
      random_(base::Prng::stream(config_.seed, "raft",
                                 (std::uint64_t{id_.value()} << 40) ^ config_.incarnation)),
      started_(start),
      now_(start),
      log_(std::move(recovered.entries), recovered.snapshot.last),
      configurations_(recovered.snapshot ? recovered.snapshot.configuration
                                         : Configuration{config_.voters, {}}),
      lost_(recovered.lost),
      hard_state_(recovered.hard_state),
      leaderless_since_(start),
      leader_heard_(start),
      local_reads_(config_.incarnation) {
  // Commit and applied index are volatile (Figure 2). After a restart both begin at the snapshot,
  // and grow when a leader sends its commit index: entries of the log may still be overwritten.
  CHECK(log_.last().term <= hard_state_.term, "term and entries are recovered together");
  configurations_.compact(log_.base().index);
  for (Index i = log_.base().index.next(); i <= log_.last().index; ++i) {
    const Entry& entry = log_.at(i);
    if (entry.type != EntryType::kConfiguration) continue;
    auto configuration = decode_configuration(*entry.payload);
    CHECK(configuration, "a configuration on disk can be decoded");
    configurations_.append(i, std::move(*configuration));
  }
  if (recovered.snapshot) use_snapshot(std::move(recovered.snapshot));
  commit_ = delivered_ = applied_ = snapshot_.last.id.index;
  trace_.add(TraceKind::kStart, hard_state_.term, role_, log_, log_.last().index);
  reset_election_timer();
}

void Raft::Impl::set_role(Role role) {
  if (role == role_) return;
  role_ = role;
  trace_.add(TraceKind::kRole, hard_state_.term, role_, log_, log_.last().index);
}

void Raft::Impl::set_leader(NodeId leader) {
  if (leader == leader_) return;
  leader_ = leader;
  if (leader == kNoNode) {
    leaderless_since_ = now_;
  } else {
    leaderless_since_.reset();
    local_reads_.retry_all();
  }
}

void Raft::Impl::set_term(Term term, NodeId vote) {
  const HardState next{term, vote};
  if (next == hard_state_) return;
  const bool may_vote_again = SEEDED_BUG("vote-many-per-term");
  CHECK(term > hard_state_.term || hard_state_.vote == kNoNode || may_vote_again,
        "one vote per term (5.2)");
  const bool new_term = term != hard_state_.term;
  hard_state_ = next;
  hard_state_dirty_ = true;
  if (new_term) trace_.add(TraceKind::kTerm, term, role_, log_, log_.last().index);
  if (vote != kNoNode) trace_.vote(term, role_, vote);
}

void Raft::Impl::become_follower(Term term, NodeId leader) {
  const bool was_leader = role_ == Role::kLeader;
  set_role(Role::kFollower);  // first: no trace line may show the old role in the new term
  // Within a term the vote stays, also for a candidate that steps down: with a reset vote it could
  // vote for a second candidate (M-02).
  if (term > hard_state_.term) {
    set_leader(kNoNode);
    set_term(term, kNoNode);
  }
  set_leader(leader);
  if (!was_leader) return;
  // Uncommitted entries stay in the log: a majority may already have them (M-37).
  peers_.clear();
  transfer_.reset();
  if (change_) {
    finish_change(change_->appended ? ChangeOutcome::kUnknown : ChangeOutcome::kAbandoned);
  }
  abandon_reads();
  reset_election_timer();
}

bool Raft::Impl::ignores(const Message& message) const {
  if (!SEEDED_BUG("no-step-down") || role_ != Role::kLeader) return false;
  // Replies count whatever their term is; no other message of a higher term has any effect.
  const bool reply = std::holds_alternative<AppendEntriesReply>(message.body);
  return message.term > hard_state_.term && !reply;
}

void Raft::Impl::receive(const Message& message) {
  if (message.to != id_ || message.from == id_ || message.from == kNoNode) return;  // M-11
  if (SEEDED_BUG("timer-reset-by-anyone")) reset_election_timer();
  if (ignores(message)) return;
  // Whether the sender is a member of this node's configuration does not matter: this node's may be
  // the outdated one (thesis 4.1). Replies from non-voters are not counted (quorum.h).
  if (const auto* request = std::get_if<RequestVote>(&message.body)) {
    on_request_vote(message, *request);  // the only message whose term may have to be ignored
    return;
  }
  const bool steps_down = !SEEDED_BUG("no-step-down") || role_ != Role::kLeader;
  if (message.term > hard_state_.term && steps_down) become_follower(message.term, kNoNode);
  if (message.term < hard_state_.term) {
    // The refusal reveals this node's term to a deposed leader. It also lets a node with a higher
    // term return whose vote requests are ignored because of stickiness: without it that node would
    // refuse the leader's entries forever (M-92). All other stale messages are dropped.
    if (const auto* append = std::get_if<AppendEntries>(&message.body)) {
      if (SEEDED_BUG("accept-stale-term")) return on_append_entries(message, *append);
      refuse_append(message, *append);
    } else if (const auto* vote = std::get_if<RequestVoteReply>(&message.body)) {
      // A pre-vote does not change the voter's term, so a lagging voter grants it from an older
      // one. If such grants did not count and the lagging voters were a majority, no leader could
      // be elected (found by simulation).
      if (vote->pre_vote) on_request_vote_reply(message, *vote);
    }
    return;
  }
  dispatch(message);
}

void Raft::Impl::dispatch(const Message& message) {
  if (const auto* vote = std::get_if<RequestVoteReply>(&message.body)) {
    on_request_vote_reply(message, *vote);
  } else if (const auto* append = std::get_if<AppendEntries>(&message.body)) {
    on_append_entries(message, *append);
  } else if (const auto* accepted = std::get_if<AppendEntriesReply>(&message.body)) {
    on_append_entries_reply(message, *accepted);
  } else if (const auto* asked = std::get_if<ReadIndexRequest>(&message.body)) {
    on_read_index_request(message, *asked);
  } else if (const auto* answered = std::get_if<ReadIndexReply>(&message.body)) {
    on_read_index_reply(*answered);
  } else if (const auto* piece = std::get_if<InstallSnapshot>(&message.body)) {
    on_install_snapshot(message, *piece);
  } else if (const auto* received = std::get_if<InstallSnapshotReply>(&message.body)) {
    on_install_snapshot_reply(message, *received);
  } else if (std::holds_alternative<TimeoutNow>(message.body)) {
    on_timeout_now(message);
  }
}

void Raft::Impl::check_invariants() {
  // A seeded bug breaks invariants on purpose, and the harness must see the effect.
  if (ANY_SEEDED_BUG()) return;
  invariants_.check({hard_state_, role_, id_, leader_, commit_, delivered_, applied_,
                     snapshot_.last.id.index, &log_, &peers_});
}

base::Instant Raft::Impl::deadline() const {
  base::Instant next = role_ == Role::kLeader ? next_heartbeat_ : election_deadline_;
  if (role_ == Role::kLeader && notice_waits_) next = std::min(next, notice_due_);
  if (transfer_) next = std::min(next, transfer_->deadline);
  if (!local_reads_.has_unanswered()) return next;
  if (leaderless_since_) {
    return std::min(next, *leaderless_since_ + config_.election_timeout_max);
  }
  return std::min(next, local_reads_.next_due(read_patience()));
}

Raft::Raft(Config config, Recovered recovered, base::Instant now)
    : impl_(std::make_unique<Impl>(std::move(config), std::move(recovered), now)) {
  impl_->check_invariants();
}
Raft::~Raft() = default;

std::optional<std::string_view> Raft::receive(const Message& message, base::Instant now) {
  impl_->observe_time(now);
  const auto refused = impl_->why_refused(message);
  if (!refused) impl_->receive(message);
  impl_->check_invariants();
  return refused;
}

void Raft::tick(base::Instant now) {
  impl_->observe_time(now);
  if (impl_->role_ == Role::kLeader) {
    impl_->tick_leader();
  } else {
    impl_->on_election_timeout();
  }
  impl_->check_invariants();
}

base::Instant Raft::deadline() const {
  return impl_->deadline();
}

std::optional<EntryId> Raft::propose(EntryType type, Bytes payload) {
  if (impl_->role_ != Role::kLeader || impl_->transfer_) return std::nullopt;
  const EntryId id = impl_->append_own(type, std::move(payload));
  impl_->check_invariants();
  return id;
}

Refusal Raft::change_members(std::vector<NodeId> voters, base::Instant now) {
  impl_->observe_time(now);
  const Refusal refusal = impl_->change_members(std::move(voters));
  impl_->check_invariants();
  return refusal;
}

Refusal Raft::transfer_leadership(NodeId to, base::Instant now) {
  impl_->observe_time(now);
  const Refusal refusal = impl_->transfer_leadership(to);
  impl_->check_invariants();
  return refusal;
}

bool Raft::may_restore_vote() const {
  return std::min(impl_->commit_, impl_->log_.stable()) >= impl_->lost_;
}

void Raft::restore_vote() {
  CHECK(may_restore_vote(), "a vote is restored only when the lost entries are on disk again");
  impl_->lost_ = {};
}

const Configuration& Raft::configuration() const {
  return impl_->latest();
}

void Raft::read(std::uint64_t id, base::Instant now) {
  impl_->observe_time(now);
  impl_->local_reads_.add(id);
}

void Raft::persisted(const SyncReceipt& receipt) {
  impl_->persisted(receipt);
  impl_->check_invariants();
}

void Raft::applied(Index index) {
  Impl& impl = *impl_;
  CHECK(index >= impl.applied_ && index <= impl.delivered_, "entries are applied in order, once");
  if (index == impl.applied_) return;
  impl.trace_.range(TraceKind::kApply, impl.hard_state_.term, impl.role_, impl.log_,
                    impl.applied_.next(), index);
  impl.applied_ = index;
  impl.check_invariants();
}

bool Raft::may_begin_snapshot() const {
  return impl_->may_begin_snapshot();
}

SnapshotBegun Raft::begin_snapshot() {
  return impl_->begin_snapshot();
}

void Raft::snapshot_saved(Snapshot snapshot) {
  impl_->snapshot_saved(std::move(snapshot));
  impl_->check_invariants();
}

Ready Raft::take_ready() {
  Ready ready = impl_->take_ready();
  impl_->check_invariants();
  return ready;
}

SoftState Raft::soft_state() const {
  const Impl& impl = *impl_;
  return {.role = impl.role_,
          .leader = impl.leader_,
          .term = impl.hard_state_.term,
          .vote = impl.hard_state_.vote,
          .last = impl.log_.last().index,
          .commit = impl.commit_,
          .applied = impl.applied_,
          .persisted = impl.log_.stable(),
          .lost = impl.lost_,
          .snapshot = impl.snapshot_.last.id.index,
          .changes_members = impl.change_.has_value(),
          .successor = impl.transfer_ ? impl.transfer_->to : kNoNode};
}

}  // namespace capsize::raft

#include "node/replica/replica.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "node/bugs/seeded_bug.h"
#include "node/replica/replica_impl.h"
#include "node/replica/state.h"

namespace capsize::replica {

namespace {

raft::Config with_state_check(raft::Config config, const Limits& limits) {
  config.accepts_state = [bytes_max = limits.store_bytes_max](std::string_view state) {
    return decode_state(state, bytes_max).has_value();
  };
  return config;
}

}  // namespace

Replica::Impl::Impl(raft::Config given, raft::Recovered recovered, Limits limits, base::Instant now)
    : config_(given),
      limits_(limits),
      recovered_term_(recovered.hard_state.term),
      raft_(with_state_check(std::move(given), limits), recovered, now),
      store_(limits.store_bytes_max) {
  if (recovered.snapshot) restore(recovered.snapshot);
}

void Replica::Impl::receive(const PeerMessage& message, base::Instant now) {
  if (message.to != config_.id) return;
  if (const auto* body = std::get_if<raft::MessageBody>(&message.body)) {
    receive_raft({message.from, message.to, message.term, *body}, now);
  } else if (const auto* forward = std::get_if<Forward>(&message.body)) {
    on_forward(message, *forward, now);
  } else if (const auto* reply = std::get_if<ForwardReply>(&message.body)) {
    on_forward_reply(*reply);
  }
}

void Replica::Impl::receive_raft(const raft::Message& message, base::Instant now) {
  if (const auto cause = raft_.receive(message, now)) ++dropped_[std::string(*cause)];
}

void Replica::Impl::expire(base::Instant now) {
  // A write that times out may still be committed, so its outcome is indeterminate. Lost leadership
  // alone decides nothing either.
  for (auto oldest = requests_.oldest(); oldest; oldest = requests_.oldest()) {
    if (now < oldest->second + limits_.request_age_max) break;
    complete(oldest->first, {kv::Outcome::kInfo, "", "timeout"});
  }
  proposals_.forget_before(now - limits_.request_age_max);
  observe_leader(now);
  while (const auto orphan = requests_.due_orphan(now)) {
    const bool certain = SEEDED_BUG("fail-means-maybe");
    complete(*orphan, {certain ? kv::Outcome::kFail : kv::Outcome::kInfo, "", "lost"});
  }
}

void Replica::Impl::observe_leader(base::Instant now) {
  const raft::SoftState state = raft_.soft_state();
  if (state.leader == seen_leader_ && state.term == seen_term_) return;
  seen_leader_ = state.leader;
  seen_term_ = state.term;
  // The entry may have been replicated before the leader crashed: its successor then commits it
  // soon, and this node applies it and knows the outcome. The grace period waits for that.
  const bool waits = !SEEDED_BUG("fail-means-maybe");
  requests_.orphan_forwarded(waits ? now + config_.election_timeout_max : now);
}

bool Replica::Impl::take_ready(Output& output, base::Instant now) {
  raft::Ready ready = raft_.take_ready();
  for (raft::TraceEvent& event : ready.trace) output.trace.push_back(event);
  for (raft::Message& message : ready.messages) {
    output.messages.push_back({message.from, message.to, message.term, std::move(message.body)});
  }
  if (ready.persist) {
    CHECK(!output.sync, "applying entries produces nothing to write to disk");
    output.sync = PendingSync{std::move(*ready.persist), std::move(ready.after_sync)};
  }
  if (ready.restore) restore(ready.restore);
  for (const raft::Entry& entry : ready.committed) {
    apply(entry, now);
    applied_bytes_ += entry.payload->size();
  }
  if (!ready.committed.empty()) raft_.applied(ready.committed.back().index);
  ready_reads_.insert(ready_reads_.end(), ready.reads.begin(), ready.reads.end());
  if (ready.change) answer_change(*ready.change);
  answer_transfer();
  return !ready.committed.empty();
}

void Replica::Impl::restore(const raft::Snapshot& snapshot) {
  auto restored = decode_state(*snapshot.state, limits_.store_bytes_max);
  CHECK(restored, "this version can restore a snapshot with valid checksums");
  store_ = std::move(restored->store);
  sessions_ = std::move(restored->sessions);
  applied_bytes_ = 0;
}

void Replica::Impl::begin_snapshot_if_due(Output& output) {
  const bool forced = std::exchange(snapshot_forced_, false);
  if (!raft_.may_begin_snapshot()) return;
  const raft::SoftState state = raft_.soft_state();
  const bool due =
      limits_.snapshot_every > 0 && (state.applied >= state.snapshot + limits_.snapshot_every ||
                                     applied_bytes_ >= limits_.snapshot_bytes);
  if (!due && !forced) return;
  applied_bytes_ = 0;
  output.snapshot = SnapshotJob{raft_.begin_snapshot(), FrozenState(store_, sessions_)};
}

Output Replica::Impl::take_output(base::Instant now) {
  Output output;
  while (take_ready(output, now)) {  // the entries just applied may allow reads
  }
  answer_reads();
  expire(now);  // after applying: a definite outcome is better than an indeterminate one
  begin_snapshot_if_due(output);
  for (PeerMessage& message : messages_) output.messages.push_back(std::move(message));
  messages_.clear();
  output.replies = std::exchange(replies_, {});
  return output;
}

Replica::Replica(raft::Config config, raft::Recovered recovered, Limits limits, base::Instant now)
    : impl_(std::make_unique<Impl>(std::move(config), std::move(recovered), limits, now)) {}
Replica::~Replica() = default;

bool Replica::is_snapshot(std::string_view state) {
  return decode_state(state).has_value();
}

void Replica::receive(const PeerMessage& message, base::Instant now) {
  impl_->receive(message, now);
}

void Replica::request(ClientRequest request, base::Instant now) {
  impl_->request(std::move(request), now);
}

void Replica::tick(base::Instant now) {
  impl_->raft_.tick(now);
}

base::Instant Replica::deadline() const {
  if (!impl_->ready_reads_.empty()) return {};  // now
  base::Instant next = impl_->raft_.deadline();
  if (const auto oldest = impl_->requests_.oldest()) {
    next = std::min(next, oldest->second + impl_->limits_.request_age_max);
  }
  if (const auto due = impl_->requests_.next_orphan_due()) next = std::min(next, *due);
  return next;
}

void Replica::persisted(const raft::SyncReceipt& receipt, base::Instant /*now*/) {
  impl_->raft_.persisted(receipt);
}

void Replica::snapshot_saved(raft::Snapshot snapshot) {
  impl_->store_.thaw();
  impl_->raft_.snapshot_saved(std::move(snapshot));
}

std::optional<raft::Index> Replica::force_snapshot() {
  if (!impl_->raft_.may_begin_snapshot()) return std::nullopt;
  impl_->snapshot_forced_ = true;
  return impl_->raft_.soft_state().applied;
}

Output Replica::take_output(base::Instant now) {
  return impl_->take_output(now);
}
bool Replica::may_restore_vote() const {
  return impl_->raft_.may_restore_vote();
}

void Replica::restore_vote() {
  impl_->raft_.restore_vote();
}

raft::SoftState Replica::soft_state() const {
  return impl_->raft_.soft_state();
}
const raft::Configuration& Replica::configuration() const {
  return impl_->raft_.configuration();
}
std::map<std::string, std::uint64_t, std::less<>> Replica::dropped() const {
  return impl_->dropped_;
}

std::size_t Replica::pending_requests() const {
  return impl_->requests_.size();
}
std::uint64_t Replica::state_hash() const {
  return impl_->sessions_.hash(impl_->store_.hash());
}

}  // namespace capsize::replica

// The follower's half of log replication (paper 5.3, Figure 2, AppendEntries).

#include <algorithm>

#include "base/check.h"
#include "node/raft/raft_impl.h"
#include "node/raft/seeded_bug.h"

namespace capsize::raft {
void Raft::Impl::on_append_entries(const Message& message, const AppendEntries& request) {
  CHECK(role_ != Role::kLeader || ANY_SEEDED_BUG(config_), "one leader a term (5.2)");
  become_follower(message.term, message.from);
  leader_heard_ = now_;
  reset_election_timer();
  // What lies below the log's base was committed, so it agrees with every leader's log: no conflict
  // (openraft 511 wiped its log there, willemt 118 appended old entries once more).
  if (request.previous.index < log_.base().index || log_.contains(request.previous)) {
    accept_append(message, request);
  } else {
    refuse_append(message, request);
  }
}

void Raft::Impl::refuse_append(const Message& message, const AppendEntries& request) {
  AppendEntriesReply reply;
  reply.rejected = request.previous.index;
  reply.read_round = request.read_round;
  reply.lost = lost_ > Index{0};
  const auto term = log_.term(request.previous.index);
  if (!term) {
    reply.conflict = {Term{0}, log_.last().index.next()};
  } else if (*term != Term{0}) {
    reply.conflict = {*term, log_.first_of_term_at(request.previous.index)};
  }
  send(message.from, reply);
}

void Raft::Impl::accept_append(const Message& message, const AppendEntries& request) {
  store(request.entries);
  // Only what this very request showed to match: the log may go on, unverified (M-23, M-38).
  const Index verified = request.previous.index + request.entries.size();
  const Index commit = std::min(request.commit, verified);
  if (commit > commit_) advance_commit(commit);

  AppendEntriesReply reply;
  reply.success = true;
  reply.match = verified;
  reply.read_round = request.read_round;
  if (request.entries.empty()) {
    // A heartbeat need not wait for a slow disk: it is answered at once, for the durable part.
    reply.match = std::min(verified, log_.stable());
    send(message.from, reply);
  } else {
    send_when_durable(message.from, reply, verified);
  }
}

void Raft::Impl::store(const std::vector<Entry>& entries) {
  // What is there already stays: this may be a late copy of an older message, and what follows in
  // the log may be acknowledged since (M-21). Only a real conflict cuts, and cuts the whole tail
  // (M-22).
  std::size_t known = 0;
  const Index base = log_.base().index;
  while (known < entries.size() &&
         (entries[known].index <= base || log_.contains(entries[known].id()))) {
    ++known;
  }
  if (known == entries.size()) return;

  const Index first = entries[known].index;
  if (first <= log_.last().index) {
    CHECK(first > commit_ || ANY_SEEDED_BUG(config_), "a committed entry is never cut (5.4.3)");
    cut_log(first);
    trace_.add(TraceKind::kTruncate, hard_state_.term, role_, log_, first.previous());
  }
  for (std::size_t i = known; i < entries.size(); ++i) {
    append_to_log(entries[i]);
  }
}

void Raft::Impl::append_to_log(Entry entry) {
  const Index index = entry.index;
  const bool is_configuration = entry.type == EntryType::kConfiguration;
  if (is_configuration) {
    configurations_.append(index, decode_configuration(*entry.payload).value());
  }
  log_.append(std::move(entry));
  trace_.range(TraceKind::kAppend, hard_state_.term, role_, log_, index, index);
  if (is_configuration) {
    trace_.add(TraceKind::kConfiguration, hard_state_.term, role_, log_, index);
  }
}

void Raft::Impl::cut_log(Index from) {
  log_.truncate_from(from);
  configurations_.truncate_from(from);
}

}  // namespace capsize::raft

// The follower's half of log replication (paper 5.3, Figure 2, AppendEntries).

#include <algorithm>
#include <utility>
#include <vector>

#include "base/check.h"
#include "node/bugs/seeded_bug.h"
#include "node/raft/raft_impl.h"

namespace capsize::raft {
void Raft::Impl::on_append_entries(const Message& message, const AppendEntries& request) {
  CHECK(role_ != Role::kLeader || ANY_SEEDED_BUG(), "one leader per term (5.2)");
  become_follower(message.term, message.from);
  leader_heard_ = now_;
  reset_election_timer();
  // Entries below the base were committed, so they agree with every leader's log and cannot
  // conflict (openraft 511 deleted its log in this case, willemt 118 appended the old entries
  // again).
  const bool skips_term = SEEDED_BUG("skip-prev-term-check");
  if (request.previous.index < log_.base().index || log_.contains(request.previous) ||
      (skips_term && request.previous.index <= log_.last().index)) {
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
  // The optimisation at the end of 5.3: names the conflicting term and its first index, so that the
  // leader skips a whole term per round trip. Term 0: the log ends before `previous`.
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
  // Commits only up to the last entry that this request verified, not up to the end of the log: the
  // entries after it may be of an earlier leader. With log 1 2 3' and a heartbeat with previous 2
  // and commit 3, entry 3' must not be committed: the leader's entry 3 may differ (M-23, M-38).
  const Index verified = request.previous.index + request.entries.size();
  const Index cap = SEEDED_BUG("commit-unverified") ? log_.last().index : verified;
  const Index commit = std::min(request.commit, cap);
  if (commit > commit_) advance_commit(commit);

  AppendEntriesReply reply;
  reply.success = true;
  reply.match = verified;
  reply.read_round = request.read_round;
  if (request.entries.empty()) {
    // A heartbeat is answered at once, for the durable part of the log, so that reads and
    // leadership do not depend on a slow disk.
    reply.match = std::min(verified, log_.stable());
    send(message.from, reply);
  } else {
    send_when_durable(message.from, reply, verified);
  }
}

void Raft::Impl::store(const std::vector<Entry>& entries) {
  // Entries that the log already has stay, with all entries after them: this may be a late copy of
  // an older request, and the entries after it may have been acknowledged since (M-21). Only a
  // conflicting term truncates the log, and then from that entry to the end (M-22).
  std::size_t known = 0;
  const Index base = log_.base().index;
  const bool compares = !SEEDED_BUG("truncate-on-append");
  while (known < entries.size() &&
         (entries[known].index <= base || (compares && log_.contains(entries[known].id())))) {
    ++known;
  }
  if (known == entries.size()) return;

  const Index first = entries[known].index;
  const Index end = entries.back().index;
  std::vector<Entry> tail;
  if (SEEDED_BUG("keep-conflicting-tail") && end < log_.last().index) {
    tail = log_.between(end, log_.last().index);
  }
  if (first <= log_.last().index) {
    CHECK(first > commit_ || ANY_SEEDED_BUG(), "a committed entry is never truncated (5.4.3)");
    truncate_log(first);
    trace_.add(TraceKind::kTruncate, hard_state_.term, role_, log_, first.previous());
  }
  for (std::size_t i = known; i < entries.size(); ++i) {
    append_to_log(entries[i]);
  }
  for (Entry& entry : tail) append_to_log(std::move(entry));
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

void Raft::Impl::truncate_log(Index from) {
  log_.truncate_from(from);
  configurations_.truncate_from(from);
}

}  // namespace capsize::raft

#include "node/replica/pending.h"

#include <utility>

#include "base/check.h"

namespace capsize::replica {

void PendingRequests::add(RequestId id, Request request) {
  CHECK(id > latest_, "request ids ascend");
  latest_ = id;
  const bool named =
      request.command.client != kv::ClientId{0} || request.command.session != kv::SessionId{0};
  if (request.kind == Kind::kForwarded && named) {
    forwarded_.insert_or_assign(request.command, id);
  }
  requests_.emplace_hint(requests_.end(), id, std::move(request));
}

std::optional<PendingRequests::Request> PendingRequests::take(RequestId id) {
  const auto found = requests_.find(id);
  if (found == requests_.end()) return std::nullopt;
  Request request = std::move(found->second);
  requests_.erase(found);
  const auto forwarded = forwarded_.find(request.command);
  if (forwarded != forwarded_.end() && forwarded->second == id) forwarded_.erase(forwarded);
  return request;
}

bool PendingRequests::is_forwarded(RequestId id) const {
  const auto found = requests_.find(id);
  return found != requests_.end() && found->second.kind == Kind::kForwarded;
}

std::optional<RequestId> PendingRequests::forwarded_by(const kv::CommandId& command) const {
  if (forwarded_.empty()) return std::nullopt;
  const auto found = forwarded_.find(command);
  if (found == forwarded_.end()) return std::nullopt;
  return found->second;
}

std::optional<std::pair<RequestId, base::Instant>> PendingRequests::oldest() const {
  if (requests_.empty()) return std::nullopt;
  return std::pair{requests_.begin()->first, requests_.begin()->second.since};
}

void PendingRequests::orphan_forwarded(base::Instant due) {
  CHECK(orphans_.empty() || orphans_.back().first <= due, "orphans become due in order");
  for (auto& [id, request] : requests_) {
    if (request.kind != Kind::kForwarded || std::exchange(request.orphaned, true)) continue;
    orphans_.emplace_back(due, id);
  }
}

std::optional<base::Instant> PendingRequests::next_orphan_due() {
  while (!orphans_.empty() && !requests_.contains(orphans_.front().second)) orphans_.pop_front();
  if (orphans_.empty()) return std::nullopt;
  return orphans_.front().first;
}

std::optional<RequestId> PendingRequests::due_orphan(base::Instant now) {
  const auto due = next_orphan_due();
  if (!due || now < *due) return std::nullopt;
  return orphans_.front().second;
}

std::optional<Origin> PendingProposals::add(raft::EntryId entry, Origin origin,
                                            base::Instant since) {
  std::optional<Origin> replaced;
  const auto found = proposals_.find(entry.index);
  if (found != proposals_.end()) {
    CHECK(found->second.term < entry.term, "a leader proposes an index once per term");
    replaced = found->second.origin;
  }
  proposals_.insert_or_assign(entry.index, Proposal{entry.term, origin, since});
  return replaced;
}

std::optional<PendingProposals::Applied> PendingProposals::take(raft::EntryId applied) {
  const auto found = proposals_.find(applied.index);
  if (found == proposals_.end()) return std::nullopt;
  const Applied result{found->second.origin, found->second.term != applied.term};
  proposals_.erase(found);
  return result;
}

void PendingProposals::forget_before(base::Instant before) {
  while (!proposals_.empty() && proposals_.begin()->second.since <= before) {
    proposals_.erase(proposals_.begin());
  }
}

}  // namespace capsize::replica

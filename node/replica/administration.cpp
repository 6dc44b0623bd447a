// Membership changes and leadership transfers: the replies to their clients.

#include <utility>

#include "node/replica/replica_impl.h"

namespace capsize::replica {
namespace {

kv::Reply refused(raft::Refusal refusal) {
  const char* error = "";
  switch (refusal) {
    case raft::Refusal::kNone:
      break;
    case raft::Refusal::kNotLeader:
      error = "not-leader";
      break;
    case raft::Refusal::kInProgress:
      error = "change-in-progress";
      break;
    case raft::Refusal::kTooEarly:
      error = "too-early";
      break;
    case raft::Refusal::kNoChange:
      error = "no-change";
      break;
    case raft::Refusal::kNotAMember:
      error = "not-a-member";
      break;
  }
  return {kv::Outcome::kFail, "", error};
}

kv::Reply outcome_of(raft::ChangeOutcome outcome) {
  switch (outcome) {
    case raft::ChangeOutcome::kCommitted:
      return {kv::Outcome::kOk, "", ""};
    case raft::ChangeOutcome::kNotCaughtUp:
      return {kv::Outcome::kFail, "", "not-caught-up"};
    case raft::ChangeOutcome::kAbandoned:
      return {kv::Outcome::kFail, "", "not-leader"};
    case raft::ChangeOutcome::kUnknown:
      break;
  }
  return {kv::Outcome::kInfo, "", "lost"};
}

}  // namespace

void Replica::Impl::change_members(RequestId id, std::vector<raft::NodeId> voters,
                                   base::Instant now) {
  if (!raft::is_voter_set(voters)) {
    reply_to_client(id, {kv::Outcome::kFail, "", "malformed"});
    return;
  }
  const raft::Refusal refusal = raft_.change_members(std::move(voters), now);
  if (refusal != raft::Refusal::kNone) {
    reply_to_client(id, refused(refusal));
    return;
  }
  requests_.add(id, {PendingRequests::Kind::kAdministration, {}, "", now});
  change_ = id;
}

void Replica::Impl::transfer_leadership(RequestId id, raft::NodeId to, base::Instant now) {
  if (transfer_) {
    reply_to_client(id, refused(raft::Refusal::kInProgress));
    return;
  }
  const raft::Refusal refusal = raft_.transfer_leadership(to, now);
  if (refusal != raft::Refusal::kNone) {
    reply_to_client(id, refused(refusal));
    return;
  }
  requests_.add(id, {PendingRequests::Kind::kAdministration, {}, "", now});
  transfer_ = Transfer{id, to};
}

void Replica::Impl::answer_change(raft::ChangeOutcome outcome) {
  if (!change_) return;
  complete(*std::exchange(change_, std::nullopt), outcome_of(outcome));
}

void Replica::Impl::answer_transfer() {
  if (!transfer_) return;
  const raft::SoftState state = raft_.soft_state();
  const raft::NodeId leader = state.leader;
  if (state.successor != raft::kNoNode || leader == raft::kNoNode) return;  // still in progress
  const Transfer transfer = *std::exchange(transfer_, std::nullopt);
  // Indeterminate: TimeoutNow may still arrive, and the target may then be elected.
  const kv::Reply open{kv::Outcome::kInfo, "", leader == config_.id ? "timeout" : "lost"};
  complete(transfer.id, leader == transfer.to ? kv::Reply{kv::Outcome::kOk, "", ""} : open);
}

}  // namespace capsize::replica

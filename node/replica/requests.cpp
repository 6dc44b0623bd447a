// Starts client requests: a write is proposed here or forwarded to the leader, a read is queued.

#include <utility>

#include "node/bugs/seeded_bug.h"
#include "node/replica/replica_impl.h"

namespace capsize::replica {
namespace {

kv::Reply fail(std::string error) {
  return {kv::Outcome::kFail, "", std::move(error)};
}
kv::Reply info(std::string error) {
  return {kv::Outcome::kInfo, "", std::move(error)};
}

}  // namespace

void Replica::Impl::request(ClientRequest request, base::Instant now) {
  const RequestId id = request.id;
  if (requests_.size() >= limits_.pending_requests_max) {
    reply_to_client(id, fail("busy"));
  } else if (auto* asked = std::get_if<kv::Command>(&request.command)) {
    command(id, std::move(*asked), now);
  } else if (const auto* read = std::get_if<StaleRead>(&request.command)) {
    reply_to_client(id, store_.read(read->key));
  } else if (auto* change = std::get_if<ChangeMembers>(&request.command)) {
    change_members(id, std::move(change->voters), now);
  } else if (const auto* transfer = std::get_if<TransferLeadership>(&request.command)) {
    transfer_leadership(id, transfer->to, now);
  }
}

void Replica::Impl::command(RequestId id, kv::Command command, base::Instant now) {
  if (!kv::validate(command).ok()) {
    reply_to_client(id, fail("malformed"));
  } else if (command.operation == kv::Operation::kRead) {
    requests_.add(id, {PendingRequests::Kind::kRead, {}, command.key, now});
    raft_.read(id.value(), now);
  } else {
    propose_or_forward(id, std::move(command), now);
  }
}

void Replica::Impl::propose_or_forward(RequestId id, kv::Command command, base::Instant now) {
  const raft::SoftState state = raft_.soft_state();
  if (state.leader == raft::kNoNode) {
    reply_to_client(id, fail("no-leader"));
  } else if (state.successor != raft::kNoNode) {
    reply_to_client(id, fail("transferring"));
  } else if (state.leader == config_.id) {
    requests_.add(id, {PendingRequests::Kind::kProposed, kv::id_of(command), "", now});
    propose(std::move(command), {config_.id, config_.incarnation, id}, now);
  } else {
    observe_leader(now);  // first, so that a leader change before now does not orphan this request
    // Forwarded once and never again: a second copy, sent to another node, could be executed as
    // well.
    requests_.add(id, {PendingRequests::Kind::kForwarded, kv::id_of(command), "", now});
    messages_.push_back({config_.id, state.leader, state.term,
                         Forward{id, config_.incarnation, std::move(command)}});
  }
}

void Replica::Impl::propose(kv::Command command, Origin origin, base::Instant now) {
  if (SEEDED_BUG("cas-at-propose") && command.operation == kv::Operation::kCas) {
    if (store_.read(command.key).value != command.expected) return answer(origin, fail("mismatch"));
    command.operation = kv::Operation::kWrite;
    command.expected.clear();
  }
  command.time = log_clock_.stamp(raft_.soft_state().term, sessions_.time(), now);
  const auto type = command.operation == kv::Operation::kRegister ? raft::EntryType::kSession
                                                                  : raft::EntryType::kNormal;
  const auto entry = raft_.propose(type, std::make_shared<const std::string>(kv::encode(command)));
  if (!entry) {  // not reached: the callers have checked that this node leads
    answer(origin, fail("not-leader"));
    return;
  }
  const auto replaced = proposals_.add(*entry, origin, now);
  if (replaced) answer(*replaced, info("superseded"));
  // Only operations whose reply does not depend on the state can be acknowledged too early.
  if (SEEDED_BUG("ack-before-commit") && kv::changes_blindly(command.operation)) {
    answer(origin, {kv::Outcome::kOk, "", ""});
  }
}

void Replica::Impl::on_forward(const PeerMessage& message, const Forward& forward,
                               base::Instant now) {
  const Origin origin{message.from, forward.incarnation, forward.id};
  // A duplicate gets no reply, not even a refusal: the reply to its original is the only true one.
  // A "fail" for a copy would claim that the operation never takes effect, while its original may.
  if (!forwards_.is_first(message.from, forward.incarnation, forward.id.value())) return;
  // Forwarded to this node as the leader of a term that an earlier incarnation had reached: that
  // incarnation may have executed or refused it, and the memory of it is lost. If this incarnation
  // had led in that term, the term would exceed the recovered one, since a candidate's term is on
  // disk before it can be elected.
  if (message.term <= recovered_term_) {
    answer(origin, info("lost"));
  } else if (!kv::validate(forward.command).ok() ||
             forward.command.operation == kv::Operation::kRead) {
    answer(origin, fail("malformed"));
  } else if (raft_.soft_state().leader != config_.id) {
    answer(origin, fail("not-leader"));
  } else if (raft_.soft_state().successor != raft::kNoNode) {
    answer(origin, fail("transferring"));
  } else if (proposals_.size() >= limits_.pending_requests_max) {
    answer(origin, fail("busy"));
  } else {
    propose(forward.command, origin, now);
  }
}

void Replica::Impl::on_forward_reply(const ForwardReply& reply) {
  if (reply.incarnation != config_.incarnation) return;  // to a request of an earlier incarnation
  if (requests_.is_forwarded(reply.id)) complete(reply.id, reply.reply);
}

}  // namespace capsize::replica

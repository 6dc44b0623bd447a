// How a client's request finds its outcome: proposed here, handed on to the leader, or read.

#include <algorithm>
#include <utility>

#include "node/raft/seeded_bug.h"
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
  if (!kv::validate(request.command).ok()) {
    reply_to_client(request.id, fail("malformed"));
  } else if (requests_.size() >= limits_.pending_requests_max) {
    reply_to_client(request.id, fail("busy"));
  } else if (request.command.operation == kv::Operation::kRead) {
    requests_.add(request.id, {PendingRequests::Kind::kRead, {}, request.command.key, now});
    raft_.read(request.id.value(), now);
  } else {
    propose_or_forward(std::move(request), now);
  }
}

void Replica::Impl::propose_or_forward(ClientRequest request, base::Instant now) {
  const raft::SoftState state = raft_.soft_state();
  const kv::Command& command = request.command;
  if (state.leader == raft::kNobody) {
    reply_to_client(request.id, fail("no-leader"));
  } else if (state.leader == config_.id) {
    requests_.add(request.id, {PendingRequests::Kind::kProposed, kv::id_of(command), "", now});
    propose(command, {config_.id, config_.incarnation, request.id}, now);
  } else {
    observe_leader(now);  // first: a change until here does not concern this request
    // Once, whatever happens: a second copy elsewhere could be carried out as well.
    requests_.add(request.id, {PendingRequests::Kind::kForwarded, kv::id_of(command), "", now});
    messages_.push_back({config_.id, state.leader, state.term,
                         Forward{request.id, config_.incarnation, std::move(request.command)}});
  }
}

void Replica::Impl::propose(kv::Command command, Origin origin, base::Instant now) {
  command.time = log_clock_.stamp(raft_.soft_state().term, sessions_.time(), now);
  const auto type = command.operation == kv::Operation::kRegister ? raft::EntryType::kSession
                                                                  : raft::EntryType::kNormal;
  const auto entry = raft_.propose(type, std::make_shared<const std::string>(kv::encode(command)));
  if (!entry) {  // a caller has looked: only a leader comes here
    answer(origin, fail("not-leader"));
    return;
  }
  const auto replaced = proposals_.add(*entry, origin, now);
  if (replaced) answer(*replaced, info("superseded"));
  // What reads has no outcome yet that could be answered too early.
  if (SEEDED_BUG(config_, "ack-before-commit") && kv::changes_blindly(command.operation)) {
    answer(origin, {kv::Outcome::kOk, "", ""});
  }
}

void Replica::Impl::on_forward(const PeerMessage& message, const Forward& forward,
                               base::Instant now) {
  const Origin origin{message.from, forward.incarnation, forward.id};
  if (std::find(config_.voters.begin(), config_.voters.end(), message.from) ==
      config_.voters.end()) {
    return;
  }
  // A copy gets no answer, not even a refusal: its original has or will have the only true one.
  if (!forwards_.is_first(message.from, forward.incarnation, forward.id.value())) return;
  // Sent to this node as the leader of a term that an earlier life of it had reached: that life may
  // have carried it out or refused it, and the memory of it is gone. Had this life led in that
  // term, the term would be above the one it recovered, since a candidate's term is on disk first.
  if (message.term <= recovered_term_) {
    answer(origin, info("lost"));
  } else if (!kv::validate(forward.command).ok() ||
             forward.command.operation == kv::Operation::kRead) {
    answer(origin, fail("malformed"));
  } else if (raft_.soft_state().leader != config_.id) {
    answer(origin, fail("not-leader"));
  } else if (proposals_.size() >= limits_.pending_requests_max) {
    answer(origin, fail("busy"));
  } else {
    propose(forward.command, origin, now);
  }
}

void Replica::Impl::on_forward_reply(const ForwardReply& reply) {
  if (reply.incarnation != config_.incarnation) return;  // asked by an earlier life
  if (requests_.is_forwarded(reply.id)) complete(reply.id, reply.reply);
}

}  // namespace capsize::replica

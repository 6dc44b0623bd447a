// The outcomes of requests: applied entries, and reads that may be answered.

#include <utility>

#include "base/check.h"
#include "node/bugs/seeded_bug.h"
#include "node/replica/replica_impl.h"

namespace capsize::replica {
namespace {

constexpr std::size_t kReadBytesMax = std::size_t{4} * 1024 * 1024;  // values in one output

}  // namespace

void Replica::Impl::apply(const raft::Entry& entry, base::Instant now) {
  const auto proposal = proposals_.take(entry.id());
  if (proposal && proposal->superseded) {
    answer(proposal->origin, {kv::Outcome::kInfo, "", "superseded"});
  }
  if (entry.type != raft::EntryType::kNormal && entry.type != raft::EntryType::kSession) return;
  const auto command = kv::decode_command(*entry.payload);
  // A node that skipped a committed command it cannot decode would diverge from the other replicas.
  CHECK(command.ok(), "a committed command can be decoded");
  kv::Reply reply = execute(command.value(), entry.index, now);

  const auto forwarded = requests_.forwarded_by(kv::id_of(command.value()));
  if (forwarded) complete(*forwarded, reply);
  if (proposal && !proposal->superseded) answer(proposal->origin, std::move(reply));
}

kv::Reply Replica::Impl::execute(const kv::Command& command, raft::Index index, base::Instant now) {
  if (SEEDED_BUG("no-dedup") && command.operation != kv::Operation::kRegister) {
    return store_.apply(command);
  }
  if (SEEDED_BUG("nondeterministic-apply")) {
    kv::Command by_own_clock = command;
    by_own_clock.time = kv::LogTime{static_cast<std::uint64_t>(now.time_since_epoch().count())};
    return sessions_.apply(store_, by_own_clock, kv::SessionId{index.value()});
  }
  return sessions_.apply(store_, command, kv::SessionId{index.value()});
}

void Replica::Impl::answer_reads() {
  std::size_t bytes = 0;
  while (!ready_reads_.empty() && bytes < kReadBytesMax) {
    const raft::ReadReady read = ready_reads_.front();
    ready_reads_.pop_front();
    const RequestId id{read.id};
    auto request = requests_.take(id);
    if (!request) continue;  // timed out
    CHECK(request->kind == PendingRequests::Kind::kRead, "only reads are answered as reads");
    kv::Reply reply =
        read.ok ? store_.read(request->key) : kv::Reply{kv::Outcome::kFail, "", "no-leader"};
    bytes += reply.value.size();
    reply_to_client(id, std::move(reply));
  }
}

void Replica::Impl::answer(const Origin& origin, kv::Reply reply) {
  if (origin.node == config_.id) {
    complete(origin.id, std::move(reply));
  } else {
    messages_.push_back({config_.id, origin.node, raft_.soft_state().term,
                         ForwardReply{origin.id, origin.incarnation, std::move(reply)}});
  }
}

void Replica::Impl::complete(RequestId id, kv::Reply reply) {
  if (requests_.take(id)) reply_to_client(id, std::move(reply));
}

void Replica::Impl::reply_to_client(RequestId id, kv::Reply reply) {
  replies_.push_back({id, std::move(reply), raft_.soft_state().leader});
}

}  // namespace capsize::replica

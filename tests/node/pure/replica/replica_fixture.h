// A test fixture with one Replica, n1 of three: the test takes the role of its peers, and its disk
// syncs at once.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <vector>

#include "node/replica/replica.h"
#include "node/simulation/virtual_disk.h"

namespace capsize::replica {

using raft::Index;
using raft::NodeId;
using raft::Term;
using std::chrono::milliseconds;

inline kv::Command write(std::uint64_t client, std::uint64_t sequence, std::string value) {
  kv::Command command;
  command.client = kv::ClientId{client};
  command.sequence = kv::Sequence{sequence};
  command.operation = kv::Operation::kWrite;
  command.key = "x";
  command.value = std::move(value);
  return command;
}
inline kv::Command append(std::uint64_t client, std::uint64_t sequence, std::string value) {
  kv::Command command = write(client, sequence, std::move(value));
  command.operation = kv::Operation::kAppend;
  return command;
}
inline kv::Command read_x() {
  return {{}, {}, kv::Operation::kRead, "x", "", "", {}, {}, {}};
}
inline kv::Command open_session(std::uint64_t client) {
  return {kv::ClientId{client}, kv::Sequence{1}, kv::Operation::kRegister, "", "", "", {}, {}, {}};
}
inline kv::Command in_session(std::uint64_t session, kv::Command command) {
  command.session = kv::SessionId{session};
  return command;
}

class ReplicaFixture {
 public:
  explicit ReplicaFixture(std::uint32_t nodes = 3, Limits limits = {}) : limits_(limits) {
    for (std::uint32_t i = 1; i <= nodes; ++i) config_.voters.push_back(NodeId{i});
    config_.id = NodeId{1};
    start();
  }

  void restart() {
    disk_.crash(0);
    start();
  }

  Replica& replica() { return *replica_; }
  base::Instant now() const { return now_; }
  void wait(base::Duration duration) {
    now_ += duration;
    replica_->tick(now_);
    take();
  }
  void request(std::uint64_t id, ClientCommand command) {
    replica_->request({RequestId{id}, std::move(command)}, now_);
    take();
  }
  template <class Body>
  void receive(std::uint32_t from, std::uint64_t term, Body body) {
    replica_->receive({NodeId{from}, NodeId{1}, Term{term}, std::move(body)}, now_);
    take();
  }
  void receive_raft(std::uint32_t from, std::uint64_t term, raft::MessageBody body) {
    receive(from, term, std::move(body));
  }

  /// n1 wins an election with the votes of n2, and has its no-op committed.
  void lead() {
    wait(replica_->deadline() - now_);
    const std::uint64_t term = replica_->soft_state().term.value() + 1;
    if (config_.voters.size() > 1) {
      receive_raft(2, term - 1, raft::RequestVoteReply{true, Term{term}, true});
      receive_raft(2, term, raft::RequestVoteReply{false, Term{term}, true});
    }
    ASSERT_EQ(replica_->soft_state().role, raft::Role::kLeader);
    acknowledge();
  }
  /// n2 acknowledges the whole log.
  void acknowledge() {
    if (config_.voters.size() == 1) return;
    const raft::SoftState state = replica_->soft_state();
    receive_raft(2, state.term.value(), raft::AppendEntriesReply{true, state.last, {}, {}, {}});
  }
  /// n2 leads in this term and sends n1 these entries, which follow `previous`.
  void follow(std::uint64_t term, raft::EntryId previous, std::vector<raft::Entry> entries,
              std::uint64_t commit) {
    receive_raft(2, term, raft::AppendEntries{previous, Index{commit}, {}, std::move(entries)});
  }

  /// The reply to a request, if there is one; removes it, so that a second reply is detected.
  std::optional<kv::Reply> reply(std::uint64_t id) {
    for (auto it = replies_.begin(); it != replies_.end(); ++it) {
      if (it->id != RequestId{id}) continue;
      kv::Reply found = it->reply;
      replies_.erase(it);
      return found;
    }
    return std::nullopt;
  }
  template <class Body>
  std::vector<Body> sent() {
    std::vector<Body> found;
    for (const PeerMessage& message : messages_) {
      if (const auto* body = std::get_if<Body>(&message.body)) found.push_back(*body);
    }
    std::erase_if(messages_,
                  [](const PeerMessage& m) { return std::holds_alternative<Body>(m.body); });
    return found;
  }

 private:
  void start() {
    ++config_.incarnation;
    replies_.clear();
    messages_.clear();
    job_.reset();
    replica_ = std::make_unique<Replica>(config_, disk_.recover(), limits_, now_);
    take();
  }
  void take() {
    for (Output output = replica_->take_output(now_);; output = replica_->take_output(now_)) {
      for (PeerMessage& message : output.messages) messages_.push_back(std::move(message));
      for (ClientReply& reply : output.replies) replies_.push_back(std::move(reply));
      if (output.snapshot) job_ = std::move(output.snapshot);
      if (!output.sync && !job_) return;
      if (!output.sync) {
        save_snapshot();
        continue;
      }
      disk_.write(std::move(output.sync->batch));
      const raft::SyncReceipt receipt = disk_.end_sync(disk_.begin_sync());
      for (raft::Message& m : std::move(output.sync->messages).release(receipt)) {
        messages_.push_back({m.from, m.to, m.term, std::move(m.body)});
      }
      replica_->persisted(receipt, now_);
    }
  }

  void save_snapshot() {
    raft::Snapshot snapshot = job_->begun.snapshot;
    snapshot.state = std::make_shared<const std::string>(job_->content.encode());
    job_.reset();
    disk_.save(snapshot);
    replica_->snapshot_saved(std::move(snapshot));
  }

  raft::Config config_;
  Limits limits_;
  base::Instant now_{std::chrono::hours(1)};
  simulation::VirtualDisk disk_;
  std::unique_ptr<Replica> replica_;
  std::vector<PeerMessage> messages_;
  std::vector<ClientReply> replies_;
  std::optional<SnapshotJob> job_;
};

}  // namespace capsize::replica

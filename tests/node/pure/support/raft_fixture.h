// A test fixture with several Raft cores. Messages stay in flight until the test delivers, drops or
// repeats them; disks sync when the test requests it (by default at once); each node has its own
// clock. The cluster's invariants are checked after every step.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "node/raft/raft.h"
#include "node/simulation/cluster_invariants.h"
#include "node/simulation/virtual_disk.h"

namespace capsize::fixture {

using raft::Index;
using raft::NodeId;
using raft::Term;
using std::chrono::milliseconds;

inline NodeId n(std::uint32_t number) {
  return NodeId{number};
}
inline raft::Bytes bytes(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}
inline raft::Entry entry(std::uint64_t term, std::uint64_t index, std::string payload = "x") {
  return {Term{term}, Index{index}, raft::EntryType::kNormal, bytes(std::move(payload))};
}
/// Entries from index 1 on with these terms.
std::vector<raft::Entry> entries(const std::vector<std::uint64_t>& terms);

/// The payloads in a snapshot taken by compact().
std::vector<std::string> content(const raft::Snapshot& snapshot);

struct FixtureSetup {
  std::uint32_t nodes = 3;
  std::uint32_t spares = 0;  // further nodes (n4, …), not members
  raft::Config config;       // a template
  std::map<std::uint32_t, raft::Recovered> disks;
};

class RaftFixture {
 public:
  using Filter = std::function<bool(const raft::Message&)>;

  explicit RaftFixture(FixtureSetup setup = {});

  [[nodiscard]] raft::Raft& node(std::uint32_t i) { return *nodes_.at(n(i)).raft; }
  [[nodiscard]] raft::SoftState state(std::uint32_t i) { return node(i).soft_state(); }
  [[nodiscard]] bool is_up(std::uint32_t i) const { return nodes_.at(n(i)).raft != nullptr; }
  [[nodiscard]] const simulation::LogMirror& log(std::uint32_t i) const {
    return nodes_.at(n(i)).log;
  }
  [[nodiscard]] std::vector<std::uint64_t> log_terms(std::uint32_t i) const;
  [[nodiscard]] raft::HardState durable(std::uint32_t i) const {
    return nodes_.at(n(i)).disk.durable_hard_state();
  }
  [[nodiscard]] base::Instant now(std::uint32_t i) const { return nodes_.at(n(i)).now; }

  // Inputs. After each of them the fixture takes and carries out the node's Ready.
  /// Advances the node's clock from deadline to deadline until it starts an election (or pre-vote).
  void campaign(std::uint32_t i);
  /// campaign(), then delivers all messages. Expects that the node leads.
  void elect(std::uint32_t i);
  void heartbeat(std::uint32_t i);
  void advance(std::uint32_t i, base::Duration by);
  void advance_all(base::Duration by);
  std::optional<raft::EntryId> propose(std::uint32_t i, std::string payload = "x");
  void read(std::uint32_t i, std::uint64_t id);
  raft::Refusal change_members(std::uint32_t i, const std::vector<std::uint32_t>& voters);
  raft::Refusal transfer(std::uint32_t i, std::uint32_t to);
  /// Delivers a message made by the test.
  void receive(std::uint32_t from, std::uint32_t to, std::uint64_t term, raft::MessageBody body);
  void crash(std::uint32_t i, std::size_t kept_writes = 0);
  void restart(std::uint32_t i);
  /// Crashes the node, loses all but the first `kept` entries of its log, and restarts it with the
  /// loss accepted.
  void restart_with_loss(std::uint32_t i, std::size_t kept);
  /// Starts a node of the same number with an empty disk.
  void replace(std::uint32_t i);
  /// False if the node must catch up first.
  bool restore_vote(std::uint32_t i);
  /// Takes a snapshot of the node's applied state, whose content is the list of applied payloads.
  /// It is saved at once, or, if syncs are held, with the next sync().
  void compact(std::uint32_t i);

  // The disk
  void hold_syncs(std::uint32_t i) { nodes_.at(n(i)).auto_sync = false; }
  void sync(std::uint32_t i);
  void begin_sync(std::uint32_t i);
  void end_sync(std::uint32_t i);
  void auto_sync(std::uint32_t i);

  // The network
  void cut(std::uint32_t from, std::uint32_t to) { cuts_.insert({n(from), n(to)}); }
  void isolate(std::uint32_t i);
  void heal() { cuts_.clear(); }
  [[nodiscard]] const std::deque<raft::Message>& in_flight() const { return in_flight_; }
  [[nodiscard]] std::size_t count(const Filter& filter) const;
  /// The messages of that kind in flight, in order.
  template <class Body>
  [[nodiscard]] std::vector<std::pair<raft::Message, Body>> sent(std::uint32_t from) const;
  /// Delivers the messages that are in flight now; the messages that they cause stay in flight.
  void deliver(const Filter& filter);
  void drop(const Filter& filter);
  void duplicate(const Filter& filter);
  /// Removes messages from the network; replay() puts them back.
  std::vector<raft::Message> stash(const Filter& filter);
  void replay(const std::vector<raft::Message>& messages);
  /// Delivers until no message is in flight.
  void settle();

  // Results
  /// "n1 n2 n3", or "n2 n4 | n1 n2 n3" for a joint configuration, the new voters first.
  [[nodiscard]] std::string configuration(std::uint32_t i) const;
  /// The outcome of the last membership change that began on this node.
  [[nodiscard]] std::optional<raft::ChangeOutcome> change(std::uint32_t i) const {
    return nodes_.at(n(i)).change;
  }
  [[nodiscard]] std::optional<bool> read_result(std::uint32_t i, std::uint64_t id) const;
  [[nodiscard]] std::vector<std::string> applied(std::uint32_t i) const {
    return nodes_.at(n(i)).applied;
  }
  [[nodiscard]] const std::vector<std::string>& violations() const {
    return invariants_.violations();
  }

 private:
  struct Node {
    std::unique_ptr<raft::Raft> raft;
    simulation::VirtualDisk disk;
    simulation::LogMirror log;
    base::Instant now{std::chrono::hours(1)};
    std::uint64_t incarnation = 0;
    bool auto_sync = true;
    raft::SyncToken syncing;
    std::vector<raft::AfterSync> waiting;
    std::map<std::uint64_t, bool> reads;
    std::vector<std::string> applied;
    std::optional<raft::SnapshotBegun> snapshot;
    std::optional<raft::ChangeOutcome> change;
  };
  void start(NodeId id, raft::Recovered recovered);
  void take(NodeId id);
  void sync_node(NodeId id, raft::SyncToken up_to);
  void save_snapshot(NodeId id);
  void post(std::vector<raft::Message> messages);

  FixtureSetup setup_;
  simulation::ClusterInvariants invariants_;
  std::map<NodeId, Node> nodes_;
  std::deque<raft::Message> in_flight_;
  std::set<std::pair<NodeId, NodeId>> cuts_;
};

inline RaftFixture::Filter all() {
  return [](const raft::Message&) { return true; };
}
inline RaftFixture::Filter link(std::uint32_t from, std::uint32_t to) {
  return [=](const raft::Message& m) { return m.from == n(from) && m.to == n(to); };
}
template <class Body>
RaftFixture::Filter kind(std::uint32_t from, std::uint32_t to) {
  return [=](const raft::Message& m) {
    return m.from == n(from) && m.to == n(to) && std::holds_alternative<Body>(m.body);
  };
}

template <class Body>
std::vector<std::pair<raft::Message, Body>> RaftFixture::sent(std::uint32_t from) const {
  std::vector<std::pair<raft::Message, Body>> found;
  for (const raft::Message& message : in_flight_) {
    if (message.from != n(from)) continue;
    if (const auto* body = std::get_if<Body>(&message.body)) found.push_back({message, *body});
  }
  return found;
}

}  // namespace capsize::fixture

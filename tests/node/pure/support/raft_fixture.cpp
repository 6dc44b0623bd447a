#include "tests/node/pure/support/raft_fixture.h"

#include <algorithm>
#include <sstream>
#include <utility>

#include "node/bugs/active.h"

namespace capsize::fixture {

std::vector<raft::Entry> entries(const std::vector<std::uint64_t>& terms) {
  std::vector<raft::Entry> result;
  for (const std::uint64_t term : terms) {
    const std::string payload =
        "e" + std::to_string(result.size() + 1) + "t" + std::to_string(term);
    result.push_back(entry(term, result.size() + 1, payload));
  }
  return result;
}

std::vector<std::string> content(const raft::Snapshot& snapshot) {
  std::vector<std::string> payloads;
  std::istringstream lines(*snapshot.state);
  for (std::string line; std::getline(lines, line);) payloads.push_back(line);
  return payloads;
}

RaftFixture::RaftFixture(FixtureSetup setup) : setup_(std::move(setup)) {
  for (std::uint32_t i = 1; i <= setup_.nodes; ++i) setup_.config.voters.push_back(n(i));
  for (std::uint32_t i = 1; i <= setup_.nodes + setup_.spares; ++i) {
    const NodeId id = n(i);
    Node& node = nodes_[id];
    invariants_.durable(id, node.disk.durable_log());
    const raft::Recovered& disk = setup_.disks[id.value()];
    node.disk.write({raft::SyncToken{1}, disk.hard_state, disk.entries});
    node.disk.crash(1);
    start(id, node.disk.recover());
  }
}

void RaftFixture::start(NodeId id, raft::Recovered recovered) {
  Node& node = nodes_.at(id);
  raft::Config config = setup_.config;
  config.id = id;
  if (id.value() > setup_.nodes) config.voters.clear();
  config.incarnation = ++node.incarnation;
  invariants_.started(id, recovered);
  node.log = {};
  node.log.install(recovered.snapshot.last);
  node.log.write(recovered.entries);
  node.applied.clear();
  if (recovered.snapshot) node.applied = content(recovered.snapshot);
  node.reads.clear();
  node.raft = std::make_unique<raft::Raft>(config, std::move(recovered), node.now);
  take(id);
}

void RaftFixture::take(NodeId id) {
  Node& node = nodes_.at(id);
  raft::Ready ready = node.raft->take_ready();
  if (ready.persist) {
    invariants_.wrote(id, *ready.persist);
    if (ready.persist->snapshot) node.log.install(ready.persist->snapshot.last);
    node.log.write(ready.persist->entries);
    node.disk.write(std::move(*ready.persist));
    node.waiting.push_back(std::move(ready.after_sync));
  }
  post(std::move(ready.messages));
  if (ready.restore) node.applied = content(ready.restore);
  for (const raft::Entry& entry : ready.committed) {
    if (entry.type == raft::EntryType::kNormal) node.applied.push_back(*entry.payload);
  }
  const bool has_applied = !ready.committed.empty();
  if (has_applied) node.raft->applied(ready.committed.back().index);
  for (const raft::ReadReady& read : ready.reads) node.reads[read.id] = read.ok;
  if (ready.change) node.change = ready.change;
  invariants_.observe(id, node.raft->soft_state(), node.raft->configuration(), ready.trace);
  if (node.auto_sync && node.disk.has_unsynced()) sync_node(id, node.disk.begin_sync());
  if (has_applied) take(id);  // reads that waited for the applied entries
  // A scenario that proves a seeded bug expects a violation.
  if (bugs::active().empty()) {
    EXPECT_EQ(invariants_.violations(), std::vector<std::string>{});
  }
}

void RaftFixture::sync_node(NodeId id, raft::SyncToken up_to) {
  Node& node = nodes_.at(id);
  const raft::SyncReceipt receipt = node.disk.end_sync(up_to);
  for (raft::AfterSync& promise : std::exchange(node.waiting, {})) {
    if (promise.token() <= up_to) {
      post(std::move(promise).release(receipt));
    } else {
      node.waiting.push_back(std::move(promise));
    }
  }
  node.raft->persisted(receipt);
  take(id);
}

void RaftFixture::post(std::vector<raft::Message> messages) {
  for (raft::Message& message : messages) {
    if (!cuts_.contains({message.from, message.to})) in_flight_.push_back(std::move(message));
  }
}

void RaftFixture::compact(std::uint32_t i) {
  std::string state;
  for (const std::string& payload : nodes_.at(n(i)).applied) state += payload + "\n";
  Node& compacting = nodes_.at(n(i));
  raft::SnapshotBegun begun = node(i).begin_snapshot();
  begun.snapshot.state = bytes(std::move(state));
  compacting.snapshot = std::move(begun);
  if (compacting.auto_sync) save_snapshot(n(i));
}

void RaftFixture::save_snapshot(NodeId id) {
  Node& node = nodes_.at(id);
  if (!node.snapshot) return;
  const raft::Snapshot snapshot = std::exchange(node.snapshot, std::nullopt)->snapshot;
  node.disk.save(snapshot);
  invariants_.saved(id, snapshot.last);
  if (snapshot.last.id.index > node.log.base().id.index) node.log.install(snapshot.last);
  node.raft->snapshot_saved(snapshot);
  take(id);
}

std::vector<std::uint64_t> RaftFixture::log_terms(std::uint32_t i) const {
  std::vector<std::uint64_t> terms;
  const simulation::LogMirror& log = nodes_.at(n(i)).log;
  for (Index at = log.base().id.index.next(); at <= log.last().index; ++at)
    terms.push_back(log.term(at).value());
  return terms;
}

void RaftFixture::advance(std::uint32_t i, base::Duration by) {
  Node& node = nodes_.at(n(i));
  node.now += by;
  if (!node.raft) return;
  node.raft->tick(node.now);
  take(n(i));
}

void RaftFixture::advance_all(base::Duration by) {
  for (auto& [id, node] : nodes_) advance(id.value(), by);
}

void RaftFixture::campaign(std::uint32_t i) {
  // A leader would only send heartbeats: a test that calls this for a leader is wrong.
  ASSERT_NE(state(i).role, raft::Role::kLeader);
  advance(i, node(i).deadline() - now(i));
}

void RaftFixture::elect(std::uint32_t i) {
  // Advances the other clocks past leader stickiness, but not to their election timers.
  for (auto& [id, node] : nodes_) node.now += setup_.config.election_timeout_min;
  campaign(i);
  settle();
  EXPECT_EQ(state(i).role, raft::Role::kLeader) << "n" << i;
}

void RaftFixture::heartbeat(std::uint32_t i) {
  advance(i, setup_.config.heartbeat_interval);
}

std::optional<raft::EntryId> RaftFixture::propose(std::uint32_t i, std::string payload) {
  const auto id = node(i).propose(raft::EntryType::kNormal, bytes(std::move(payload)));
  take(n(i));
  return id;
}

raft::Refusal RaftFixture::change_members(std::uint32_t i,
                                          const std::vector<std::uint32_t>& voters) {
  std::vector<NodeId> ids;
  for (const std::uint32_t voter : voters) ids.push_back(n(voter));
  const raft::Refusal refusal = node(i).change_members(std::move(ids), now(i));
  take(n(i));
  return refusal;
}

raft::Refusal RaftFixture::transfer(std::uint32_t i, std::uint32_t to) {
  const raft::Refusal refusal = node(i).transfer_leadership(n(to), now(i));
  take(n(i));
  return refusal;
}

std::string RaftFixture::configuration(std::uint32_t i) const {
  const auto list = [](const std::vector<NodeId>& nodes) {
    std::string text;
    for (const NodeId node : nodes)
      text += (text.empty() ? "n" : " n") + std::to_string(node.value());
    return text;
  };
  const raft::Configuration& known = nodes_.at(n(i)).raft->configuration();
  return list(known.voters) + (known.joint() ? " | " + list(known.outgoing) : "");
}

void RaftFixture::read(std::uint32_t i, std::uint64_t id) {
  node(i).read(id, now(i));
  take(n(i));
}

void RaftFixture::receive(std::uint32_t from, std::uint32_t to, std::uint64_t term,
                          raft::MessageBody body) {
  node(to).receive({n(from), n(to), Term{term}, std::move(body)}, now(to));
  take(n(to));
}

void RaftFixture::crash(std::uint32_t i, std::size_t kept_writes) {
  Node& node = nodes_.at(n(i));
  node.raft.reset();
  node.disk.crash(kept_writes);
  node.waiting.clear();
  node.snapshot.reset();
}

void RaftFixture::restart(std::uint32_t i) {
  start(n(i), nodes_.at(n(i)).disk.recover());
}

void RaftFixture::restart_with_loss(std::uint32_t i, std::size_t kept) {
  crash(i);
  nodes_.at(n(i)).disk.lose(kept, n(i));
  restart(i);
}

void RaftFixture::replace(std::uint32_t i) {
  crash(i);
  nodes_.at(n(i)).disk = {};
  nodes_.at(n(i)).log = {};
  restart(i);
}

bool RaftFixture::restore_vote(std::uint32_t i) {
  Node& node = nodes_.at(n(i));
  if (!node.raft->may_restore_vote()) return false;
  node.disk.restore_vote();
  node.raft->restore_vote();
  return true;
}

void RaftFixture::sync(std::uint32_t i) {
  Node& node = nodes_.at(n(i));
  if (node.disk.has_unsynced()) sync_node(n(i), node.disk.begin_sync());
  save_snapshot(n(i));
}

void RaftFixture::begin_sync(std::uint32_t i) {
  Node& node = nodes_.at(n(i));
  node.syncing = node.disk.begin_sync();
}

void RaftFixture::end_sync(std::uint32_t i) {
  sync_node(n(i), nodes_.at(n(i)).syncing);
}

void RaftFixture::auto_sync(std::uint32_t i) {
  nodes_.at(n(i)).auto_sync = true;
  sync(i);
}

void RaftFixture::isolate(std::uint32_t i) {
  for (const auto& [other, node] : nodes_) {
    if (other == n(i)) continue;
    cuts_.insert({n(i), other});
    cuts_.insert({other, n(i)});
  }
  drop([i](const raft::Message& m) { return m.from == n(i) || m.to == n(i); });
}

std::size_t RaftFixture::count(const Filter& filter) const {
  return static_cast<std::size_t>(std::count_if(in_flight_.begin(), in_flight_.end(), filter));
}

std::vector<raft::Message> RaftFixture::stash(const Filter& filter) {
  std::vector<raft::Message> taken;
  std::deque<raft::Message> left;
  for (raft::Message& message : std::exchange(in_flight_, {})) {
    if (filter(message)) {
      taken.push_back(std::move(message));
    } else {
      left.push_back(std::move(message));
    }
  }
  in_flight_ = std::move(left);
  return taken;
}

void RaftFixture::deliver(const Filter& filter) {
  for (const raft::Message& message : stash(filter)) {
    Node& receiver = nodes_.at(message.to);
    if (!receiver.raft) continue;
    receiver.raft->receive(message, receiver.now);
    take(message.to);
  }
}

void RaftFixture::drop(const Filter& filter) {
  stash(filter);
}

void RaftFixture::duplicate(const Filter& filter) {
  std::vector<raft::Message> copies;
  for (const raft::Message& message : in_flight_) {
    if (filter(message)) copies.push_back(message);
  }
  replay(copies);
}

void RaftFixture::replay(const std::vector<raft::Message>& messages) {
  in_flight_.insert(in_flight_.end(), messages.begin(), messages.end());
}

void RaftFixture::settle() {
  for (int round = 0; !in_flight_.empty(); ++round) {
    ASSERT_LT(round, 1000) << "messages are in flight forever";
    deliver(all());
  }
}

std::optional<bool> RaftFixture::read_result(std::uint32_t i, std::uint64_t id) const {
  const auto& reads = nodes_.at(n(i)).reads;
  const auto found = reads.find(id);
  if (found == reads.end()) return std::nullopt;
  return found->second;
}

}  // namespace capsize::fixture

#include "node/simulation/cluster.h"

#include <utility>

#include "base/check.h"

namespace capsize::simulation {

using raft::NodeId;

Cluster::Cluster(const ClusterOptions& options)
    : options_(options),
      random_(base::Prng::stream(options.seed, "cluster")),
      network_(base::Prng::stream(options.seed, "network"), options.network) {
  const auto drift = static_cast<std::uint64_t>(options.clock_drift_ppm_max);
  for (std::uint32_t i = 1; i <= size(); ++i) {
    if (i <= options.nodes) options_.config.voters.push_back(NodeId{i});
    const auto rate = 1'000'000 - static_cast<std::int64_t>(drift) +
                      static_cast<std::int64_t>(random_.between(0, 2 * drift));
    const VirtualClock clock(random_.between(base::Duration(0), std::chrono::hours(10)), rate);
    nodes_.emplace(NodeId{i}, Node(clock));
  }
  for (auto& [id, node] : nodes_) {
    invariants_.durable(id, node.disk.durable_log());
    restart(id);
  }
}

raft::SoftState Cluster::state(NodeId node) const {
  return nodes_.at(node).replica->soft_state();
}

const raft::Configuration& Cluster::configuration(NodeId node) const {
  return nodes_.at(node).replica->configuration();
}

NodeId Cluster::leader() const {
  NodeId leader = raft::kNoNode;
  raft::Term highest;
  for (const auto& [id, node] : nodes_) {
    if (!node.replica) continue;
    const raft::SoftState state = node.replica->soft_state();
    if (state.role != raft::Role::kLeader || state.term < highest) continue;
    leader = id;
    highest = state.term;
  }
  return leader;
}

std::vector<NodeId> Cluster::members() const {
  const NodeId known = leader();
  if (known == raft::kNoNode) return options_.config.voters;
  return nodes_.at(known).replica->configuration().members();
}

bool Cluster::has_converged() const {
  const NodeId agreed = leader();
  if (agreed == raft::kNoNode) return false;
  const raft::Configuration& configuration = nodes_.at(agreed).replica->configuration();
  if (configuration.joint() || !configuration.has_voter(agreed)) return false;
  if (state(agreed).changes_members || state(agreed).successor != raft::kNoNode) return false;
  for (const NodeId id : configuration.voters) {
    const Node& node = nodes_.at(id);
    if (!node.replica) return false;
    const raft::SoftState state = node.replica->soft_state();
    if (state.applied != invariants_.committed() || state.leader != agreed) return false;
  }
  return true;
}

void Cluster::restart(NodeId id) {
  Node& node = nodes_.at(id);
  if (node.replica) return;
  ++node.incarnation;
  raft::Config config = options_.config;
  config.id = id;
  if (id.value() > options_.nodes) config.voters.clear();
  config.incarnation = node.incarnation;
  config.seed = options_.seed;
  invariants_.started(id, node.disk.recover());
  node.replica =
      std::make_unique<replica::Replica>(config, node.disk.recover(), options_.limits, clock(node));
  const raft::Index restored = node.replica->soft_state().applied;
  if (restored > raft::Index{0}) {
    invariants_.observe_state(id, restored, node.replica->state_hash());
  }
  work(id);
}

void Cluster::crash(NodeId id) {
  Node& node = nodes_.at(id);
  if (!node.replica) return;
  node.replica.reset();
  node.disk.crash(random_.below(node.disk.unsynced() + 1));
  node.paused = node.syncing = node.work_due = false;
  node.tick_at = base::Instant::max();
  node.backlog.clear();
  node.waiting.clear();
  node.job.reset();
  node.synced = {};
  for (auto& [request, callback] : std::exchange(node.callbacks, {})) {
    callback({kv::Outcome::kInfo, "", "lost"});
  }
}

void Cluster::pause(NodeId id) {
  if (nodes_.at(id).replica) nodes_.at(id).paused = true;
}

void Cluster::resume(NodeId id) {
  Node& node = nodes_.at(id);
  if (!node.paused) return;
  node.paused = false;
  for (const auto& action : std::exchange(node.backlog, {})) action();
}

void Cluster::when_running(NodeId id, base::Duration delay, std::function<void()> action) {
  const std::uint64_t incarnation = nodes_.at(id).incarnation;
  events_.after(delay, [this, id, incarnation, act = std::move(action)]() mutable {
    Node& node = nodes_.at(id);
    if (!node.replica || node.incarnation != incarnation) return;
    if (node.paused) {
      node.backlog.push_back(std::move(act));
    } else {
      act();
    }
  });
}

void Cluster::input(NodeId id, const std::function<void(Node&)>& give) {
  Node& node = nodes_.at(id);
  give(node);
  if (std::exchange(node.work_due, true)) return;
  when_running(id, random_.between(base::Duration(0), options_.work_max), [this, id] { work(id); });
}

void Cluster::request(NodeId id, replica::ClientCommand command, Callback callback) {
  Node& node = nodes_.at(id);
  if (!node.replica) {
    callback({kv::Outcome::kFail, "", "down"});  // connection refused: the request was not sent
    return;
  }
  const replica::RequestId number{node.next_request++};
  node.callbacks.emplace(number, std::move(callback));
  when_running(id, base::Duration(0), [this, id, number, asked = std::move(command)] {
    input(id, [&](Node& running) { running.replica->request({number, asked}, clock(running)); });
  });
}

void Cluster::work(NodeId id) {
  Node& node = nodes_.at(id);
  node.work_due = false;
  carry_out(id, node.replica->take_output(clock(node)));
}

void Cluster::carry_out(NodeId id, replica::Output output) {
  Node& node = nodes_.at(id);
  observe(id, output);
  for (const replica::PeerMessage& message : output.messages) transmit(message);
  if (output.sync) {
    node.disk.write(std::move(output.sync->batch));
    node.waiting.push_back(std::move(output.sync->messages));
    begin_sync(id);
  }
  if (output.snapshot) {
    node.job = std::move(output.snapshot);
    begin_snapshot(id);
  }
  for (const replica::ClientReply& reply : output.replies) {
    const auto found = node.callbacks.find(reply.id);
    CHECK(found != node.callbacks.end(), "a request is answered once");
    const Callback callback = std::move(found->second);
    node.callbacks.erase(found);
    callback(reply.reply);
  }
  schedule_tick(id);
}

void Cluster::transmit(const replica::PeerMessage& message) {
  for (const base::Duration delay : network_.transmit(message.from, message.to)) {
    // Not bound to an incarnation of the receiver: a message in flight may reach the next one.
    events_.after(delay, [this, message] {
      Node& node = nodes_.at(message.to);
      if (!node.replica || network_.is_cut(message.from, message.to)) return;
      when_running(message.to, base::Duration(0), [this, message] {
        input(message.to,
              [&](Node& running) { running.replica->receive(message, clock(running)); });
      });
    });
  }
}

void Cluster::begin_sync(NodeId id) {
  Node& node = nodes_.at(id);
  if (node.syncing || node.disk_hangs || !node.disk.has_unsynced()) return;
  node.syncing = true;
  const raft::SyncToken token = node.disk.begin_sync();
  when_running(id, random_.between(base::Duration(0), options_.sync_max),
               [this, id, token] { end_sync(id, token); });
}

void Cluster::resume_disk(NodeId id) {
  Node& node = nodes_.at(id);
  node.disk_hangs = false;
  if (node.replica) begin_sync(id);
}

void Cluster::end_sync(NodeId id, raft::SyncToken token) {
  Node& node = nodes_.at(id);
  node.syncing = false;
  const raft::SyncReceipt receipt = node.disk.end_sync(token);
  node.synced = token;
  begin_snapshot(id);
  std::vector<raft::AfterSync> waiting = std::exchange(node.waiting, {});
  for (raft::AfterSync& promise : waiting) {
    if (promise.token() > token) {
      node.waiting.push_back(std::move(promise));
      continue;
    }
    for (raft::Message& message : std::move(promise).release(receipt)) {
      transmit({message.from, message.to, message.term, std::move(message.body)});
    }
  }
  input(id, [&](Node& running) { running.replica->persisted(receipt, clock(running)); });
  begin_sync(id);
}

void Cluster::begin_snapshot(NodeId id) {
  Node& node = nodes_.at(id);
  if (!node.job || node.job->begun.after > node.synced) return;
  auto job = std::make_shared<const replica::SnapshotJob>(std::move(*node.job));
  node.job.reset();
  when_running(id, random_.between(base::Duration(0), options_.snapshot_max),
               [this, id, job] { end_snapshot(id, *job); });
}

void Cluster::end_snapshot(NodeId id, const replica::SnapshotJob& job) {
  raft::Snapshot snapshot = job.begun.snapshot;
  // Encoded only now, as the snapshot thread does it: the entries applied since begin_snapshot()
  // must not be in it.
  snapshot.state = std::make_shared<const std::string>(job.content.encode());
  nodes_.at(id).disk.save(snapshot);
  invariants_.saved(id, snapshot.last);
  input(id, [&](Node& running) { running.replica->snapshot_saved(std::move(snapshot)); });
}

void Cluster::schedule_tick(NodeId id) {
  Node& node = nodes_.at(id);
  const base::Instant due = node.clock.true_time_of(node.replica->deadline());
  if (node.tick_at <= due) return;  // the earlier tick does nothing and reschedules itself
  node.tick_at = due;
  when_running(id, std::max(due - events_.now(), base::Duration(0)), [this, id, due] {
    Node& running = nodes_.at(id);
    if (running.tick_at == due) running.tick_at = base::Instant::max();
    input(id, [&](Node& ticking) { ticking.replica->tick(clock(ticking)); });
  });
}

void Cluster::observe(NodeId id, const replica::Output& output) {
  const replica::Replica& replica = *nodes_.at(id).replica;
  if (output.sync) invariants_.wrote(id, output.sync->batch);
  const raft::SoftState state = replica.soft_state();
  invariants_.observe(id, state, replica.configuration(), output.trace);
  if (options_.trace) {
    options_.trace(id, nodes_.at(id).incarnation, output.trace, events_.now());
  }
  for (const raft::TraceEvent& event : output.trace) {
    if (event.kind == raft::TraceKind::kApply || event.kind == raft::TraceKind::kInstall) {
      invariants_.observe_state(id, state.applied, replica.state_hash());
    }
    const auto mixed = fingerprint_ ^ event.hash ^ (event.term.value() << 8) ^
                       static_cast<std::uint64_t>(events_.now().time_since_epoch().count());
    fingerprint_ = mixed * 0x9e3779b97f4a7c15ULL + id.value();
  }
}

bool Cluster::run_until(base::Instant limit, const std::function<bool()>& condition) {
  while (!condition()) {
    if (!invariants_.violations().empty() || !events_.run_one(limit)) return condition();
    ++steps_;
  }
  return true;
}

void Cluster::run_for(base::Duration duration) {
  run_until(events_.now() + duration, [] { return false; });
}

}  // namespace capsize::simulation

#include "node/simulation/cluster_invariants.h"

#include <algorithm>

namespace capsize::simulation {

using raft::Index;
using raft::NodeId;
using raft::Term;

void ClusterInvariants::violated(NodeId node, const std::string& rule) {
  violations_.push_back("n" + std::to_string(node.value()) + ": " + rule);
}

void ClusterInvariants::started(NodeId node, const raft::Recovered& recovered) {
  logs_[node] = {};
  logs_[node].install(recovered.snapshot.last);
  logs_[node].write(recovered.entries);
  const auto before = states_.find(node);
  raft::SoftState state;
  state.term = recovered.hard_state.term;
  // A restart resets commit and applied index. The term becomes the durable one, which may be lower
  // than the last one in memory; but no message revealed a term before it was durable.
  if (before != states_.end()) state.leader = raft::kNoNode;
  states_[node] = state;
}

void ClusterInvariants::wrote(NodeId node, const raft::PersistBatch& batch) {
  LogMirror& log = logs_[node];
  if (batch.snapshot) {
    check_snapshot(node, batch.snapshot.last);
    if (!violations_.empty()) return;
    log.install(batch.snapshot.last);
  }
  log.write(batch.entries);
  for (const raft::Entry& entry : batch.entries) {
    if (entry.index > log.last().index) continue;
    const auto [known, fresh] =
        entries_.try_emplace({entry.index, entry.term}, log.hash(entry.index));
    if (!fresh && known->second != log.hash(entry.index)) {
      violated(node, "log matching (5.3): same index and term, but different entries up to " +
                         std::to_string(entry.index.value()));
    }
  }
}

void ClusterInvariants::saved(NodeId node, const raft::LogPoint& end) {
  // A newer snapshot of another node may have been written in the meantime: this one has no effect.
  if (end.id.index <= logs_[node].base().id.index) return;
  check_snapshot(node, end);
  if (violations_.empty()) logs_[node].install(end);
}

void ClusterInvariants::check_snapshot(NodeId node, const raft::LogPoint& end) {
  const std::uint64_t index = end.id.index.value();
  ++snapshots_;
  if (index < logs_[node].base().id.index.value()) violated(node, "a snapshot went back (7)");
  if (index > committed_.size() || committed_[index - 1].hash != end.hash) {
    violated(node, "a snapshot of an entry that is not committed (7), at " + std::to_string(index));
  }
}

void ClusterInvariants::observe(NodeId node, const raft::SoftState& state,
                                const raft::Configuration& configuration,
                                const std::vector<raft::TraceEvent>& trace) {
  for (const raft::TraceEvent& event : trace) {
    if (event.kind == raft::TraceKind::kRole && event.role == raft::Role::kLeader) {
      became_leader(node, event.term);
    }
    if (event.kind == raft::TraceKind::kInstall) ++installs_;
    if (event.kind == raft::TraceKind::kConfiguration) ++configurations_;
    if (event.kind == raft::TraceKind::kTransfer) ++transfers_;
  }
  check_monotone(node, state);
  check_commit(node, state, configuration);
  states_[node] = state;
  active_configurations_[node] = configuration;
}

void ClusterInvariants::became_leader(NodeId node, Term term) {
  const auto [leader, fresh] = leaders_.try_emplace(term, node);
  if (!fresh && leader->second != node) {
    violated(node, "election safety (5.2): term " + std::to_string(term.value()) +
                       " already has leader n" + std::to_string(leader->second.value()));
  }
  // Leader Completeness (5.4.3) applies to entries committed in earlier terms only: a candidate
  // whose votes arrive late may become leader of its term after a later term has committed more.
  for (std::size_t i = committed_.size(); i > 0; --i) {
    if (committed_[i - 1].in_term >= term) continue;
    if (!logs_[node].holds(Index{i}, committed_[i - 1].hash)) {
      violated(node, "leader completeness (5.4): the leader of term " +
                         std::to_string(term.value()) + " lacks committed entry " +
                         std::to_string(i));
    }
    break;  // hashes are chained, so the last one covers all entries before it
  }
}

void ClusterInvariants::check_monotone(NodeId node, const raft::SoftState& state) {
  const raft::SoftState& before = states_[node];
  if (state.term < before.term) violated(node, "the term decreased (5.1)");
  if (state.commit < before.commit) violated(node, "the commit index decreased (5.3)");
  if (state.applied < before.applied) violated(node, "the applied index decreased (5.3)");
  if (state.applied > state.commit) violated(node, "applied beyond the commit index (5.3)");
  if (state.commit > state.last) violated(node, "committed beyond the end of the log (5.3)");
}

void ClusterInvariants::check_commit(NodeId node, const raft::SoftState& state,
                                     const raft::Configuration& configuration) {
  const LogMirror& log = logs_[node];
  // Entries up to a snapshot's end were checked with the snapshot, when it was written.
  const Index first = std::max(states_[node].commit.next(), log.base().id.index);
  for (Index i = std::max(first, Index{1}); i <= state.commit; ++i) {
    if (i > log.last().index) {
      violated(node, "committed an entry that it never wrote to its disk");
      return;
    }
    const std::uint64_t hash = log.hash(i);
    if (i > committed()) {
      committed_.push_back({hash, state.term});
      // The configuration that was active at the start of the step counts as well: a step may
      // commit an entry and then append the next configuration.
      if (i == state.commit && !is_on_quorum(i, hash, configuration) &&
          !is_on_quorum(i, hash, active_configurations_[node])) {
        violated(node, "committed entry " + std::to_string(i.value()) +
                           " is not on the disks of a quorum (5.3)");
      }
    } else if (committed_[i.value() - 1].hash != hash) {
      violated(node, "state machine safety (5.4.3): another entry is committed at " +
                         std::to_string(i.value()));
      return;
    }
  }
}

bool ClusterInvariants::is_on_quorum(Index index, std::uint64_t hash,
                                     const raft::Configuration& configuration) const {
  // Counted here and not by raft/quorum.h: a mistake there must not hide itself.
  const auto on_majority_of = [&](const std::vector<NodeId>& voters) {
    const auto holders = std::count_if(voters.begin(), voters.end(), [&](NodeId voter) {
      return disks_.at(voter)->holds(index, hash);
    });
    return 2 * static_cast<std::size_t>(holders) > voters.size();
  };
  return on_majority_of(configuration.voters) &&
         (!configuration.joint() || on_majority_of(configuration.outgoing));
}

void ClusterInvariants::observe_state(NodeId node, Index applied, std::uint64_t state_hash) {
  const auto [known, fresh] = applied_.try_emplace(applied, state_hash);
  if (!fresh && known->second != state_hash) {
    violated(node, "replicas differ at the same applied index " + std::to_string(applied.value()));
  }
}

}  // namespace capsize::simulation

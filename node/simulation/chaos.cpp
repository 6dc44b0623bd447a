#include "node/simulation/chaos.h"

#include <algorithm>

namespace capsize::simulation {
namespace {

using std::chrono::milliseconds;

}  // namespace

Chaos::Chaos(Cluster& cluster, std::uint64_t seed, bool churn)
    : cluster_(cluster), random_(base::Prng::stream(seed, "chaos")), churn_(churn) {
  // With some seeds the cluster recovers between faults, with others faults hit during elections.
  calm_max_ = milliseconds(random_.chance(0.5) ? 500 : 120);
}

void Chaos::wait() {
  cluster_.events().after(random_.between(milliseconds(5), calm_max_), [this] {
    if (stopped_) return;
    inject();
    wait();
  });
}

std::vector<raft::NodeId> Chaos::shuffled() {
  std::vector<raft::NodeId> nodes;
  for (std::uint32_t i = 1; i <= cluster_.size(); ++i) nodes.push_back(raft::NodeId{i});
  random_.shuffle(nodes);
  return nodes;
}

raft::NodeId Chaos::victim() {
  // Half of all faults target the leader, where most bugs show.
  const raft::NodeId leader = cluster_.leader();
  if (leader != raft::kNoNode && random_.chance(0.5)) return leader;
  return shuffled().front();
}

void Chaos::inject() {
  ++faults_;
  switch (random_.below(churn_ ? 13 : 9)) {
    case 0:
    case 1:
      return crash_some();
    case 2:
    case 3:
    case 4:
      return cut_some();
    case 5:
      return cluster_.network().heal_cuts();
    case 6:
      return pause_one();
    case 7:
      cluster_.set_sync_max(random_.chance(0.5) ? milliseconds(60) : milliseconds(2));
      return;
    case 8:
      return random_.chance(0.5) ? hang_a_disk() : transfer();
    default:
      return change_members();
  }
}

void Chaos::crash_some() {
  std::vector<raft::NodeId> victims{victim()};
  if (random_.chance(0.2)) victims = shuffled();  // a power loss of the whole cluster
  for (const raft::NodeId node : victims) {
    cluster_.crash(node);
    const auto down = random_.chance(0.3) ? random_.between(milliseconds(0), milliseconds(5))
                                          : random_.between(milliseconds(20), milliseconds(700));
    cluster_.events().after(down, [this, node] { cluster_.restart(node); });
  }
}

void Chaos::cut_some() {
  VirtualNetwork& network = cluster_.network();
  if (random_.chance(0.5)) network.heal_cuts();
  const std::vector<raft::NodeId> nodes = shuffled();
  const raft::NodeId one = victim();
  const std::uint64_t shape = random_.below(4);
  const std::size_t half = nodes.size() / 2;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (shape == 0 && nodes[i] != one) network.cut_both(one, nodes[i]);  // isolated
    if (shape == 1 && nodes[i] != one) network.cut(nodes[i], one);       // receives nothing
    if (shape == 2 && nodes[i] != one) network.cut(one, nodes[i]);       // sends nothing
    for (std::size_t j = i + 1; shape == 3 && j < nodes.size(); ++j) {
      // Two halves; with more than three nodes the one in the middle may be a bridge to both.
      const bool bridge = nodes.size() > 3 && (i == half || j == half) && random_.chance(0.5);
      if (i <= half && j > half && !bridge) network.cut_both(nodes[i], nodes[j]);
    }
  }
}

void Chaos::pause_one() {
  const raft::NodeId node = victim();
  cluster_.pause(node);
  cluster_.events().after(random_.between(milliseconds(50), milliseconds(1200)),
                          [this, node] { cluster_.resume(node); });
}

void Chaos::hang_a_disk() {
  const raft::NodeId node = victim();
  cluster_.hang_disk(node);
  cluster_.events().after(random_.between(milliseconds(50), milliseconds(900)),
                          [this, node] { cluster_.resume_disk(node); });
}

void Chaos::transfer() {
  const raft::NodeId leader = cluster_.leader();
  if (leader == raft::kNoNode) return;
  cluster_.request(leader, replica::TransferLeadership{shuffled().front()},
                   [](const kv::Reply&) {});
}

void Chaos::change_members() {
  const raft::NodeId leader = cluster_.leader();
  if (leader == raft::kNoNode) return;
  std::vector<raft::NodeId> voters = shuffled();
  voters.resize(random_.between(1, voters.size()));
  std::sort(voters.begin(), voters.end());
  cluster_.request(leader, replica::ChangeMembers{std::move(voters)}, [](const kv::Reply&) {});
}

void Chaos::stop() {
  stopped_ = true;
  cluster_.network().heal_cuts();
  cluster_.set_sync_max(milliseconds(2));
  for (std::uint32_t i = 1; i <= cluster_.size(); ++i) {
    cluster_.resume(raft::NodeId{i});
    cluster_.resume_disk(raft::NodeId{i});
    cluster_.restart(raft::NodeId{i});
  }
}

}  // namespace capsize::simulation

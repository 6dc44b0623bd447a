#include "node/simulation/run.h"

#include "node/bugs/active.h"
#include "node/simulation/chaos.h"
#include "node/simulation/clients.h"
#include "node/simulation/cluster.h"
#include "node/simulation/history.h"

namespace capsize::simulation {
namespace {

ClusterOptions draw_cluster(const RunOptions& options) {
  base::Prng random = base::Prng::stream(options.seed, "options");
  ClusterOptions drawn;
  drawn.seed = options.seed;
  drawn.trace = options.trace;
  constexpr std::uint32_t kSizes[] = {1, 2, 3, 3, 3, 3, 4, 5, 5, 5};
  drawn.nodes = kSizes[random.below(std::size(kSizes))];
  drawn.config.pre_vote = random.chance(0.7);
  drawn.config.check_quorum = random.chance(0.7);
  drawn.config.leader_stickiness = random.chance(0.7);
  drawn.config.append_entries_max = random.chance(0.5) ? random.between(1, 4) : 64;
  drawn.config.append_bytes_max = random.chance(0.5) ? 64 : 65536;
  drawn.network.loss = random.chance(0.5) ? random.unit() * 0.15 : 0;
  drawn.network.duplication = random.chance(0.5) ? random.unit() * 0.3 : 0;
  drawn.network.straggler = random.chance(0.5) ? random.unit() * 0.3 : 0;
  drawn.network.delay_max =
      random.between(std::chrono::microseconds(200), std::chrono::milliseconds(8));
  drawn.clock_drift_ppm_max = random.chance(0.5) ? 50'000 : 0;
  // Below and above the clients' own timeout.
  drawn.limits.request_age_max = std::chrono::milliseconds(random.chance(0.5) ? 600 : 3000);
  drawn.limits.snapshot_bytes = random.chance(0.2) ? random.between(10, 2000) : 1'000'000;
  drawn.config.compaction_margin_bytes = random.chance(0.3) ? random.between(0, 400) : 1'000'000;
  drawn.limits.snapshot_every = random.chance(0.7) ? random.between(1, 40) : 0;
  drawn.config.compaction_margin = random.chance(0.5) ? random.between(1, 20) : 0;
  drawn.config.snapshot_piece_bytes = random.chance(0.5) ? random.between(8, 128) : 4096;
  // New options are drawn last, so that the other options of a known seed do not change.
  drawn.config.lease_reads_assume_bounded_clock_drift =
      drawn.config.leader_stickiness && random.chance(0.3);
  // A removed node that could not be informed campaigns (membership.cpp). Pre-vote prevents the
  // disruption; stickiness alone allows it whenever the leader is silent for a moment (thesis
  // 4.2.3). So members change only with pre-vote.
  drawn.spares = drawn.config.pre_vote && random.chance(0.6)
                     ? static_cast<std::uint32_t>(random.between(1, 2))
                     : 0;
  drawn.config.commit_notice_delay =
      random.chance(0.5) ? random.between(base::Duration(1), std::chrono::milliseconds(80))
                         : base::Duration::zero();
  drawn.config.append_window_bytes = random.chance(0.5) ? random.between(1, 400) : 1024 * 1024;
  return drawn;
}

std::string describe(const ClusterOptions& drawn) {
  const auto flag = [](bool on, std::string name) { return (on ? " " : " no ") + name; };
  return std::to_string(drawn.nodes) + " nodes, " + std::to_string(drawn.spares) + " spares," +
         flag(drawn.config.pre_vote, "pre-vote,") +
         flag(drawn.config.check_quorum, "check quorum,") +
         flag(drawn.config.leader_stickiness, "stickiness,") +
         flag(drawn.config.lease_reads_assume_bounded_clock_drift, "lease reads,") + " loss " +
         std::to_string(drawn.network.loss) + ", duplication " +
         std::to_string(drawn.network.duplication) + ", stragglers " +
         std::to_string(drawn.network.straggler) + ", snapshots every " +
         std::to_string(drawn.limits.snapshot_every) + " in pieces of " +
         std::to_string(drawn.config.snapshot_piece_bytes);
}

struct Run {
  explicit Run(const RunOptions& given)
      : options(given),
        drawn(draw_cluster(given)),
        cluster(drawn),
        clients(cluster, given.seed, {}),
        chaos(cluster, given.seed, drawn.spares > 0) {}

  void heal() {
    chaos.stop();
    // The network stays slow but becomes reliable: with random loss, the convergence demanded below
    // could fail by chance.
    NetworkOptions reliable = drawn.network;
    reliable.loss = reliable.duplication = reliable.straggler = 0;
    cluster.network().set_options(reliable);
  }

  bool within_recovery(const std::string& demand, const std::function<bool()>& condition) {
    const base::Instant limit = cluster.events().now() + options.recovery;
    const bool reached = cluster.run_until(limit, condition);
    if (!reached && cluster.invariants().violations().empty()) {
      problems.push_back("after healing: " + demand + states());
    }
    return reached;
  }

  /// The state of the cluster for a problem report, one line per node.
  std::string states() {
    std::string text;
    for (std::uint32_t i = 1; i <= cluster.size(); ++i) {
      const raft::NodeId id{i};
      const raft::SoftState state = cluster.state(id);
      text += "\n    n" + std::to_string(i) + " " + std::string(raft::name(state.role)) +
              " of term " + std::to_string(state.term.value()) + ", leader n" +
              std::to_string(state.leader.value()) + ", last " +
              std::to_string(state.last.value()) + ", commit " +
              std::to_string(state.commit.value()) + ", members";
      const raft::Configuration& known = cluster.configuration(id);
      for (const raft::NodeId voter : known.voters) text += " n" + std::to_string(voter.value());
      if (known.joint()) text += ", outgoing";
      for (const raft::NodeId voter : known.outgoing) text += " n" + std::to_string(voter.value());
    }
    return text;
  }

  /// Requires convergence, then a write and a read through each member, then convergence again.
  void demand_service() {
    clients.stop();
    if (!within_recovery("the cluster does not converge",
                         [&] { return clients.idle() && cluster.has_converged(); })) {
      return;
    }
    for (const raft::NodeId member : cluster.members()) {
      if (!one_ok(member, kv::Operation::kAppend, "list0")) return;
    }
    for (const std::string& key : clients.list_keys()) {
      for (const raft::NodeId member : cluster.members()) {
        if (!one_ok(member, kv::Operation::kRead, key)) return;
      }
    }
    within_recovery("the cluster does not converge again", [&] { return cluster.has_converged(); });
  }

  bool one_ok(raft::NodeId node, kv::Operation operation, const std::string& key) {
    const std::size_t before = clients.history().count(EventType::kOk);
    clients.once(node, operation, key);
    return within_recovery("n" + std::to_string(node.value()) + " does not serve requests", [&] {
      return clients.idle() && clients.history().count(EventType::kOk) == before + 1;
    });
  }

  RunResult result() {
    RunResult result;
    const auto& violations = cluster.invariants().violations();
    problems.insert(problems.begin(), violations.begin(), violations.end());
    if (problems.empty()) problems = judge_lists(clients.history().events());
    result.problems = problems;
    if (options.keep_history) result.history = clients.history().json_lines();
    result.configuration = describe(drawn);
    result.ok = clients.history().count(EventType::kOk);
    result.fail = clients.history().count(EventType::kFail);
    result.info = clients.history().count(EventType::kInfo);
    result.faults = chaos.faults();
    result.steps = cluster.steps();
    result.committed = cluster.invariants().committed().value();
    result.snapshots = cluster.invariants().snapshots_seen();
    result.installs = cluster.invariants().installs_seen();
    result.configurations = cluster.invariants().configurations_seen();
    result.transfers = cluster.invariants().transfers_seen();
    result.leaders = cluster.invariants().leaders_seen();
    result.fingerprint = cluster.fingerprint();
    result.simulated = cluster.events().now().time_since_epoch();
    return result;
  }

  RunOptions options;
  ClusterOptions drawn;
  Cluster cluster;
  Clients clients;
  Chaos chaos;
  std::vector<std::string> problems;
};

}  // namespace

RunResult run_seed(const RunOptions& options) {
  const bugs::ActiveBug bug(options.bug);
  Run run(options);
  run.clients.start();
  run.chaos.start();
  run.cluster.run_for(options.chaos);
  run.heal();
  if (run.cluster.invariants().violations().empty()) run.demand_service();
  return run.result();
}

}  // namespace capsize::simulation

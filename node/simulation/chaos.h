// Injects random faults into a simulated cluster, drawn from a seed: crashes, pauses, network cuts
// of several shapes, slow and hanging disks, leadership transfers, membership changes.
#pragma once

#include "base/prng.h"
#include "node/simulation/cluster.h"

namespace capsize::simulation {

class Chaos {
 public:
  /// `churn`: also change the members.
  Chaos(Cluster& cluster, std::uint64_t seed, bool churn);
  void start() { wait(); }
  /// Ends all faults: heals cuts, restarts and resumes nodes, makes disks fast.
  void stop();
  [[nodiscard]] std::uint64_t faults() const { return faults_; }

 private:
  void wait();
  void inject();
  void crash_some();
  void cut_some();
  void pause_one();
  void hang_a_disk();
  void transfer();
  void change_members();
  [[nodiscard]] raft::NodeId victim();
  [[nodiscard]] std::vector<raft::NodeId> shuffled();

  Cluster& cluster_;
  base::Prng random_;
  base::Duration calm_max_;  // longest time between two faults; drawn once per seed
  bool churn_;
  bool stopped_ = false;
  std::uint64_t faults_ = 0;
};

}  // namespace capsize::simulation

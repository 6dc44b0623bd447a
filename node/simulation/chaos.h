// Faults for a simulated cluster, drawn from a seed: crashes, pauses, cuts of all shapes, slow
// and hanging disks, transfers of leadership, changes of members.
#pragma once

#include "base/prng.h"
#include "node/simulation/cluster.h"

namespace capsize::simulation {

class Chaos {
 public:
  /// `churn`: change the members, too.
  Chaos(Cluster& cluster, std::uint64_t seed, bool churn);
  void start() { wait(); }
  /// Ends all faults: cuts healed, nodes up and running, disks fast.
  void stop();
  [[nodiscard]] std::uint64_t faults() const { return faults_; }

 private:
  void wait();
  void strike();
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
  base::Duration calm_max_;  // longest time between two faults; drawn once
  bool churn_;
  bool stopped_ = false;
  std::uint64_t faults_ = 0;
};

}  // namespace capsize::simulation

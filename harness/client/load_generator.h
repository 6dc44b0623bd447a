// Generates the load of a run: all clients on one thread and one poll loop, so that events are
// recorded in the order in which they happened, without a lock.
//
//   run()     operations at the given rate until the time limit, or until `stop`
//   settle()  no new operations; takes replies until the cluster is healed
//   finish()  on every node, a write until one is acknowledged (`live`), then the final reads
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/client/client.h"
#include "harness/client/statistics.h"
#include "harness/cluster/clock.h"
#include "workloads/workload.h"

namespace capsize::harness {

struct LoadGeneratorOptions {
  std::vector<NodeAddress> nodes;
  std::size_t concurrency = 10;
  double rate = 2000;  // operations a second, all clients together
  base::Duration time_limit = std::chrono::seconds(20);
  base::Duration client_timeout = std::chrono::seconds(3);
  std::uint64_t retries = 0;
  std::string read_level = "linearizable";  // see client.h
  base::Duration live_bound = std::chrono::seconds(5);
  /// By how much live_bound is extended: how long since healing no node could have served, because
  /// the machine's own disk hung. Not empty.
  std::function<base::Duration(base::Instant healed)> extension = [](base::Instant) {
    return base::Duration::zero();
  };
  std::uint64_t seed = 0;
};

/// What finish() found on one node; nothing if the bound was reached first.
struct NodeRecovery {
  std::optional<base::Duration> first_write;  // from healing to the acknowledged write
  bool final_reads_done = false;
};

/// Read by the progress line while the client thread writes.
struct LiveCounts {
  std::atomic<std::uint64_t> ok{0};
  std::atomic<std::uint64_t> fail{0};
  std::atomic<std::uint64_t> info{0};
  std::atomic<std::int64_t> ok_latency_ns{0};  // of all ok operations together
};

class LoadGenerator {
 public:
  LoadGenerator(const Messaging& messaging, HistoryWriter& history, const RunClock& clock,
                workloads::Generator& generator, LoadGeneratorOptions options);
  ~LoadGenerator();

  void run(const std::atomic<bool>& stop);
  void settle(const std::atomic<bool>& healed);
  std::vector<NodeRecovery> finish(const std::atomic<bool>& stop);

  [[nodiscard]] const Statistics& statistics() const { return statistics_; }
  [[nodiscard]] const LiveCounts& live() const { return live_; }
  /// How late the poll loop woke up at worst since the last call: a machine that lags by more than
  /// 200 ms cannot judge whether a node is late.
  base::Duration take_worst_lag();

 private:
  struct Slot;
  struct Finisher;

  void step(std::vector<Slot*>& slots, base::Duration wake);
  void handle(Slot& slot, std::optional<Finished> finished);
  void invoke_due(Slot& slot, base::Duration now);
  bool advance(Finisher& finisher, base::Duration healed, NodeRecovery& recovery);
  void abandon_all(const char* reason);

  const Messaging& messaging_;
  HistoryWriter& history_;
  const RunClock& clock_;
  workloads::Generator& generator_;
  LoadGeneratorOptions options_;
  std::vector<std::unique_ptr<Slot>> slots_;
  Statistics statistics_;
  LiveCounts live_;
  base::Duration worst_lag_{};
};

}  // namespace capsize::harness

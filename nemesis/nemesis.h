// Carries out a schedule: begins each planned fault when its time has come and the cluster allows
// it, heals it when its hold is over, and writes down both with evidence. Pure but for the Cluster:
// time is told, so the same object runs in tests without waiting.
//
// What may overlap: a node that is stopped is left alone; faults that stop or separate nodes touch
// a minority between them, unless one is aimed at a majority or at all, and then it is alone. A
// fault that finds no candidate waits for one, `patience` long, and is skipped with the reason
// after that.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "nemesis/cluster.h"
#include "nemesis/fault.h"
#include "nemesis/fault_kind.h"
#include "node/base/prng.h"
#include "node/base/time.h"

namespace capsize::nemesis {

/// One fault from its begin to its end, for the summary and the checks.
struct FaultRecord {
  const PlannedFault* fault = nullptr;
  std::vector<Node> nodes;
  FaultState state = FaultState::kPlanned;
  std::string reason;
  base::Duration begin{};
  base::Duration end{};
  nlohmann::json evidence = nlohmann::json::object();
};

class Nemesis {
 public:
  using Log = std::function<void(const FaultEvent&)>;

  /// `schedule` must outlive this object and the records taken from it.
  Nemesis(const std::vector<PlannedFault>& schedule, Cluster& cluster, std::uint64_t seed, Log log);

  /// Does what is due at `now` (since the start of the load) and returns when it wants to be called
  /// again at the latest; nothing when all is done.
  std::optional<base::Duration> step(base::Duration now);
  /// Heals everything in force and skips what has not begun. Idempotent.
  void stop(base::Duration now, const std::string& reason);

  [[nodiscard]] const std::vector<FaultRecord>& records() const { return records_; }
  /// "pause n2, cut n1", for the progress line.
  [[nodiscard]] std::string in_force() const;

 private:
  struct Active {
    std::size_t record;
    const FaultKind* kind;
    base::Duration end_at;
  };

  bool try_begin(const PlannedFault& fault, base::Duration now, std::string& reason);
  void begin_on(const PlannedFault& fault, std::vector<Node> nodes, base::Duration now);
  void skip(const PlannedFault& fault, base::Duration now, const std::string& reason);
  void end(const Active& active, base::Duration now);
  [[nodiscard]] bool allows(const std::vector<Node>& nodes, const FaultKind& kind) const;
  [[nodiscard]] std::vector<Node> disabled() const;
  [[nodiscard]] bool stopped(Node node) const;

  const std::vector<PlannedFault>& schedule_;
  Cluster& cluster_;
  base::Prng prng_;
  Log log_;
  std::vector<const PlannedFault*> waiting_;
  std::size_t next_ = 0;  // first fault of the schedule whose time has not come
  std::vector<Active> active_;
  std::vector<FaultRecord> records_;
};

}  // namespace capsize::nemesis

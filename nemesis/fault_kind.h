// How one kind of fault is made and healed: one file in faults/ each, which registers itself.
#pragma once

#include <string_view>
#include <vector>

#include "nemesis/cluster.h"
#include "nemesis/fault.h"
#include "node/base/registry.h"

namespace capsize::nemesis {

/// What a fault does to the nodes it is aimed at; decides what may overlap (nemesis.h).
enum class Impact {
  kStops,      // the process does not run: nothing else can be done to it
  kSeparates,  // the process runs, but others do not hear it, or it does not hear them
  kDegrades,   // messages suffer; overlaps with everything
};

class FaultKind {
 public:
  virtual ~FaultKind() = default;
  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual std::string_view summary() const = 0;
  [[nodiscard]] virtual Impact impact() const = 0;
  /// Makes the fault. Healing is `end`, which is called exactly once if `begin` was done.
  virtual Act begin(const PlannedFault& fault, const std::vector<Node>& nodes,
                    Cluster& cluster) const = 0;
  virtual Act end(const PlannedFault& fault, const std::vector<Node>& nodes,
                  Cluster& cluster) const = 0;
  /// Whether the evidence, begin and end taken together, proves that the fault bit.
  [[nodiscard]] virtual bool proven(const nlohmann::json& begin_evidence,
                                    const nlohmann::json& end_evidence) const = 0;
};

using FaultKinds = base::Registry<FaultKind>;

}  // namespace capsize::nemesis

// What the faults have in common that damage the files of a node. It is killed, damaged and started
// again: it may refuse (exit 65) or come up with less than it had acknowledged. A voter that forgot
// something can make a correct cluster lose data, so it comes up isolated, from its peers and from
// the clients; healing kills it, puts the files back and lets it in again. `rejoin` lets the
// damaged node take part, for scenarios that want to see what comes of it.
#pragma once

#include "nemesis/fault_kind.h"

namespace capsize::nemesis {

class DamageFault : public NamedFault {
 public:
  DamageFault(std::string_view kind, std::string_view summary)
      : NamedFault(kind, summary, Impact::kStops) {}
  /// How it damages, and `rejoin`.
  [[nodiscard]] Declared parameters() const final;
  [[nodiscard]] std::vector<int> exit_codes() const override { return {65}; }
  Act begin(const Strike& strike, Cluster& cluster) const override;
  Act end(const Strike& strike, Cluster& cluster) const override;
  [[nodiscard]] bool proven(const base::Json& evidence) const override;

 protected:
  [[nodiscard]] virtual Declared damage_parameters() const { return {}; }
  /// What has to be there before the nodes are killed; not done: the fault cannot be made now.
  virtual Act prepare(const Strike& /*strike*/, Cluster& /*cluster*/) const {
    return {.done = true};
  }
  /// For Cluster::damage.
  [[nodiscard]] virtual base::Json damage(const base::Json& params) const = 0;
};

}  // namespace capsize::nemesis

// What the faults have in common that a node survives: its disk is slow, stalls or lies for a
// while. The evidence is the node's own count of the syncs that met the fault.
#pragma once

#include "nemesis/fault_kind.h"

namespace capsize::nemesis {

class DiskFault : public FaultKind {
 public:
  /// `counter`: of the reply to a disk request (node/PROTOCOL.md, Control).
  DiskFault(std::string_view kind, std::string_view summary, Impact impact, const char* counter)
      : kind_(kind), summary_(summary), impact_(impact), counter_(counter) {}
  [[nodiscard]] std::string_view name() const override { return kind_; }
  [[nodiscard]] std::string_view summary() const override { return summary_; }
  [[nodiscard]] Impact impact() const override { return impact_; }
  /// Done also if no sync has met the fault yet; then it is not proven.
  Act begin(const Strike& strike, Cluster& cluster) const override;
  Act end(const Strike& strike, Cluster& cluster) const override;
  [[nodiscard]] bool proven(const nlohmann::json& evidence) const override;

 protected:
  /// The keys of the disk request that make the fault, and those that take it away.
  [[nodiscard]] virtual nlohmann::json on(const nlohmann::json& params) const = 0;
  [[nodiscard]] virtual nlohmann::json off() const = 0;

 private:
  std::string_view kind_;
  std::string_view summary_;
  Impact impact_;
  const char* counter_;
};

}  // namespace capsize::nemesis
